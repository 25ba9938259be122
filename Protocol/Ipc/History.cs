namespace W0rktree.Protocol.Ipc;

/// <summary>Names lines of a file, from 1, both included.</summary>
public sealed record LineRangeParam(int First, int Last);

/// <summary>Asks who brought the lines of a file. Runs of lines that came together are events, in the order of the file.</summary>
/// <param name="Path">Absolute path of the file.</param>
/// <param name="From">The revision whose file it is, as in <see cref="LogParams"/>; null for the file as it is now.</param>
/// <param name="Lines">The lines; empty for all.</param>
/// <param name="Ignore">Revisions whose changes are passed on to what was before them.</param>
public sealed record BlameParams(string Path, string? From, IReadOnlyList<LineRangeParam> Lines, IReadOnlyList<string> Ignore);

/// <summary>Describes lines that one snapshot brought together.</summary>
/// <param name="Line">The first line in the file.</param>
/// <param name="Snapshot">The snapshot that brought them; all zeros where none has them yet.</param>
/// <param name="OriginPath">What the file was called there.</param>
/// <param name="OriginLine">The first line in the file there.</param>
/// <param name="PassedOn">Whether an ignored snapshot changed them since, so that they are a guess.</param>
/// <param name="Author">The snapshot's author; null where it is withheld.</param>
/// <param name="Time">When it was made.</param>
/// <param name="Summary">The first line of its message; null where it is withheld.</param>
/// <param name="Lines">The lines, without their ends.</param>
public sealed record BlameEvent(
    int Line, string Snapshot, string OriginPath, int OriginLine, bool PassedOn, string? Author, string Time, string? Summary, IReadOnlyList<string> Lines);

/// <summary>Answers <see cref="BlameParams"/>.</summary>
/// <param name="Lines">How many lines were told of.</param>
/// <param name="Snapshots">How many snapshots brought them.</param>
public sealed record BlameResult(int Lines, int Snapshots);

/// <summary>Goes on with the search for the snapshot that broke something.</summary>
/// <param name="Action"><c>start</c>, <c>good</c>, <c>bad</c>, <c>skip</c>, <c>reset</c> or <c>status</c>.</param>
/// <param name="Revisions">The snapshots that it is about; none for the one that stands in the directory. <c>start</c> takes a bad one and then good ones.</param>
public sealed record BisectParams(string Action, IReadOnlyList<string> Revisions);

/// <summary>Answers <see cref="BisectParams"/>.</summary>
/// <param name="State"><c>none</c>, <c>waiting</c> (for a good or a bad snapshot), <c>searching</c>, <c>found</c>, or <c>undecided</c> (only skipped ones are left).</param>
/// <param name="Current">The snapshot to try, which stands in the directory now.</param>
/// <param name="Remaining">How many snapshots may be the first bad one.</param>
/// <param name="Steps">About how many more have to be tried.</param>
/// <param name="Bad">The bad snapshot that is known nearest to the first one.</param>
/// <param name="Good">Snapshots known to be good.</param>
/// <param name="Skipped">Snapshots that could not be tried.</param>
/// <param name="First">The first bad snapshot, once it is found.</param>
/// <param name="Suspects">Where only skipped ones are left: each of them may be it.</param>
public sealed record BisectResult(
    string State, SnapshotInfo? Current, int Remaining, int Steps, string? Bad, IReadOnlyList<string> Good, IReadOnlyList<string> Skipped, SnapshotInfo? First, IReadOnlyList<string> Suspects);

/// <summary>Writes the files of a snapshot as one archive, streamed as <see cref="ContentEvent"/>s.</summary>
/// <param name="Revision">As in <see cref="LogParams"/>.</param>
/// <param name="Path">Only what is at or below this absolute path; null for all.</param>
/// <param name="Format"><c>tar</c>, <c>tar.gz</c>, <c>tar.zst</c> or <c>zip</c>.</param>
/// <param name="Prefix">What stands before each name in the archive; null for nothing.</param>
public sealed record ArchiveParams(string? Revision, string? Path, string Format, string? Prefix);

/// <summary>Answers <see cref="ArchiveParams"/>.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Files">How many files and links are in the archive.</param>
/// <param name="Bytes">The size of the archive.</param>
/// <param name="Hidden">How many entries are missing because they are sealed.</param>
public sealed record ArchiveResult(string Snapshot, int Files, long Bytes, int Hidden);

/// <summary>Answers <c>debug.history</c>, which brings the history index of the store up to date.</summary>
/// <param name="Snapshots">How many snapshots it knows.</param>
/// <param name="Filters">For how many it knows which paths they changed.</param>
/// <param name="Bytes">Its size.</param>
public sealed record DebugHistoryResult(int Snapshots, int Filters, long Bytes);
