namespace W0rktree.Core.Classification;

/// <summary>What kind of thing a changed path is. The order is that of display; the numbers are part of formats and never change.</summary>
public enum ChangeClass
{
    /// <summary>Sources, and everything that nothing else claims.</summary>
    Code = 0,

    /// <summary>Settings of the product, its build and its tools.</summary>
    Config = 1,

    /// <summary>Manifests and lock files that say which foreign code is used.</summary>
    Dependency = 2,

    /// <summary>Texts for people.</summary>
    Documentation = 3,

    /// <summary>Pictures, sound, fonts, data, archives, binaries.</summary>
    Asset = 4,
}

/// <summary>Tells about classes.</summary>
public static class ChangeClasses
{
    extension(ChangeClass changeClass)
    {
        /// <summary>Gets the name as users, JSON and configuration see it.</summary>
        public string Text => changeClass switch
        {
            ChangeClass.Code => "code",
            ChangeClass.Config => "config",
            ChangeClass.Dependency => "dependency",
            ChangeClass.Documentation => "documentation",
            ChangeClass.Asset => "asset",
            _ => throw new ArgumentOutOfRangeException(nameof(changeClass), changeClass, "Unknown change class."),
        };
    }

    /// <summary>Finds the class of a name; false for any other text.</summary>
    public static bool TryParse(string text, out ChangeClass changeClass)
    {
        foreach (var candidate in Enum.GetValues<ChangeClass>())
        {
            if (string.Equals(candidate.Text, text, StringComparison.Ordinal))
            {
                changeClass = candidate;
                return true;
            }
        }

        changeClass = default;
        return false;
    }
}
