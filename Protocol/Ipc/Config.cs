namespace W0rktree.Protocol.Ipc;

/// <summary>Asks for settings: one by its key, or all.</summary>
public sealed record ConfigShowParams(string? Key);

/// <summary>Answers <see cref="ConfigShowParams"/>.</summary>
/// <param name="Entries">The settings, in the order of the reference; keys that this version does not know come last.</param>
/// <param name="Problems">What is written somewhere and does not count.</param>
/// <param name="Files">The files that are read, the weakest first.</param>
public sealed record ConfigShowResult(IReadOnlyList<ConfigEntryInfo> Entries, IReadOnlyList<WarningInfo> Problems, IReadOnlyList<ConfigFileInfo> Files);

/// <summary>Describes one setting.</summary>
public sealed record ConfigEntryInfo
{
    public required string Key { get; init; }

    /// <summary>Gets the value in force, a list joined by commas; null where there is none.</summary>
    public string? Value { get; init; }

    /// <summary>Gets <c>text</c>, <c>switch</c>, <c>number</c>, <c>list</c>, or <c>unknown</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Gets the value where nothing sets it.</summary>
    public string? DefaultValue { get; init; }

    /// <summary>Gets <c>default</c>, <c>system</c>, <c>user</c>, <c>worktree</c>, <c>tree</c> or <c>environment</c>.</summary>
    public required string Level { get; init; }

    /// <summary>Gets the file or the variable that sets it; null for a default.</summary>
    public string? Source { get; init; }

    /// <summary>Gets the line in the file, from 1; 0 for a variable or a default.</summary>
    public int Line { get; init; }

    /// <summary>Gets what it does; null for a key that this version does not know.</summary>
    public string? About { get; init; }
}

/// <summary>Names one file of the configuration.</summary>
public sealed record ConfigFileInfo(string Level, string Path, bool Exists);

/// <summary>Sets a key in the file of a level, or takes it out.</summary>
/// <param name="Value">The value as it is typed; null takes the key out.</param>
/// <param name="Level"><c>system</c>, <c>user</c>, <c>worktree</c> or <c>tree</c>.</param>
public sealed record ConfigSetParams(string Key, string? Value, string Level);

/// <summary>Answers <see cref="ConfigSetParams"/>.</summary>
/// <param name="File">The file that was written.</param>
/// <param name="Before">The value that was in force before.</param>
/// <param name="InForce">The value that is in force now: another one where a stronger level sets it too.</param>
/// <param name="From">Where that one stands.</param>
public sealed record ConfigSetResult(string Key, string File, string? Before, string? InForce, string From);

/// <summary>Adds patterns to the ignore rules.</summary>
/// <param name="Patterns">Lines as they are to stand in the file.</param>
/// <param name="Tree">Whether they go to <c>.wt-tree/ignore</c> instead of <c>.wt/ignore</c>.</param>
public sealed record IgnoreAddParams(IReadOnlyList<string> Patterns, bool Tree);

/// <summary>Answers <see cref="IgnoreAddParams"/>.</summary>
/// <param name="File">The file that was written.</param>
/// <param name="Added">What was added; what stood there already is left out.</param>
/// <param name="StillTracked">How many files that history has match the new rules: ignoring does not take them out.</param>
public sealed record IgnoreAddResult(string File, IReadOnlyList<string> Added, int StillTracked);
