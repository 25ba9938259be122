namespace W0rktree.Grains.Access.Policies;

/// <summary>Says what is wrong in a policy file, and where.</summary>
/// <param name="Code">Stable snake_case code, see docs/reference/access.md.</param>
/// <param name="File">The file from the worktree's root.</param>
/// <param name="Line">The line from 1.</param>
/// <param name="Column">The column from 1.</param>
/// <param name="Message">One sentence.</param>
public sealed record PolicyProblem(string Code, string File, int Line, int Column, string Message)
{
    /// <summary>Formats as <c>file:line:column: message (code)</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}: {Message} ({Code})";
}
