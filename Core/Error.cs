namespace W0rktree.Core;

/// <summary>Describes an expected refusal: what happened, and the next step.</summary>
/// <param name="Code">Stable snake_case identifier that callers may branch on.</param>
/// <param name="Message">One sentence for a person that names the thing and the place.</param>
/// <param name="Hint">The next command or step, where there is one.</param>
public readonly record struct Error(string Code, string Message, string? Hint = null)
{
    /// <summary>Formats the error as one line for logs.</summary>
    public override string ToString() => Hint is null ? $"{Code}: {Message}" : $"{Code}: {Message} ({Hint})";
}
