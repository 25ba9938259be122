using System.Text;
using W0rktree.Core.Paths;

namespace W0rktree.Core.TreeMerge;

/// <summary>Names files that must make way for a directory of the same name: <c>name~label</c>, as git does.</summary>
internal static class DisplacedNames
{
    /// <summary>Gives the name with the label of its side; what a name cannot hold becomes <c>_</c>.</summary>
    public static EntryName For(EntryName name, string label)
    {
        var suffix = "~" + string.Concat(label.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' ? c : '_'));
        return WithSuffix(name, suffix);
    }

    /// <summary>Gives the name, or the name with the first free number behind it.</summary>
    public static EntryName FindFree(EntryName name, Func<EntryName, bool> isTaken)
    {
        var free = name;
        for (var number = 1; isTaken(free); number++)
        {
            free = WithSuffix(name, $"_{number}");
        }

        return free;
    }

    private static EntryName WithSuffix(EntryName name, string suffix)
    {
        var end = Encoding.UTF8.GetBytes(suffix[..Math.Min(suffix.Length, 100)]);
        var stem = name.Bytes[..Math.Min(name.Bytes.Length, EntryName.MaxBytes - end.Length)];
        return EntryName.Create([.. stem, .. end]).Match(ok => ok, _ => name);
    }
}
