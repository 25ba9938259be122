namespace W0rktree.Core.Classification;

/// <summary>A rule of the user: paths that match, and everything below a directory that matches, get the class. Later rules win, and all win over the table.</summary>
/// <param name="Pattern">A pattern in gitignore syntax, without negation.</param>
/// <param name="Class">What it makes of them.</param>
public sealed record ChangeClassRule(string Pattern, ChangeClass Class);
