using System.Text.RegularExpressions;

namespace W0rktree.Architecture.Tests.Isolation;

/// <summary>What a room must be unable to do, because nothing in it so much as names the means.</summary>
internal static partial class IsolationRules
{
    // File names as text (Path) and streams in memory are no file access.
    private static readonly string[] FileAccess =
    [
        "System.IO.File", "System.IO.Directory", "System.IO.FileInfo", "System.IO.DirectoryInfo", "System.IO.FileStream", "System.IO.RandomAccess",
        "System.IO.DriveInfo", "System.IO.FileSystemInfo", "System.IO.MemoryMappedFiles.MemoryMappedFile", "System.IO.Enumeration.FileSystemEnumerable`1",
    ];

    private static readonly string[] Watching = ["System.IO.FileSystemWatcher", "Microsoft.Extensions.FileProviders.PhysicalFileProvider"];

    private static readonly string[] ClockMembers =
    [
        "System.DateTime::get_Now", "System.DateTime::get_UtcNow", "System.DateTime::get_Today", "System.DateTimeOffset::get_Now", "System.DateTimeOffset::get_UtcNow",
        "System.Environment::get_TickCount", "System.Environment::get_TickCount64", "System.TimeProvider::get_System",
    ];

    private static readonly string[] Blocking =
    [
        "System.Threading.Thread::Sleep", "System.Threading.Tasks.Task`1::get_Result", "System.Threading.Tasks.ValueTask`1::get_Result",
        "System.Threading.Tasks.Task::Wait", "System.Threading.Tasks.Task::WaitAll", "System.Threading.Tasks.Task::WaitAny",
        "System.DateTime::get_Now", "System.DateTime::get_UtcNow", "System.DateTimeOffset::get_Now", "System.DateTimeOffset::get_UtcNow",
    ];

    /// <summary>Core is a function of its arguments: no files, sockets, clock, randomness, threads, processes, injection or native code.</summary>
    public static IEnumerable<Violation> Pure(string room, AssemblyUses uses) =>
        [
            .. Named(room, uses.Types, FileAccess.Concat(Watching), "a pure room has no files"),
            .. Where(room, uses.Types, type => type.StartsWith("System.Net.", StringComparison.Ordinal), "a pure room has no network"),
            .. Where(room, uses.Types, type => type is "System.Random" or "System.Security.Cryptography.RandomNumberGenerator", "a pure room has no randomness"),
            .. Where(room, uses.Members, member => member.StartsWith("System.Guid::New", StringComparison.Ordinal) || member.StartsWith("System.Guid::CreateVersion7", StringComparison.Ordinal), "a pure room has no randomness"),
            .. Named(room, uses.Members, ClockMembers, "a pure room has no clock"),
            .. Where(room, uses.Types, type => type is "System.Diagnostics.Stopwatch" or "System.TimeProvider" or "System.Threading.Timer" or "System.Threading.PeriodicTimer", "a pure room has no clock"),
            .. Where(room, uses.Types, type => type is "System.Diagnostics.Process" or "System.Threading.Thread" or "System.Console", "a pure room runs nothing and says nothing"),
            .. Where(room, uses.Types, type => type.StartsWith("Microsoft.Extensions.", StringComparison.Ordinal), "a pure room has no injection, configuration or logging"),
            .. Where(room, uses.Natives, _ => true, "a pure room has no native code"),
        ];

    /// <summary>The server never watches files and never touches a working directory.</summary>
    public static IEnumerable<Violation> NoWorkingDirectory(string room, AssemblyUses uses) =>
        [
            .. Named(room, uses.Types, Watching, "the server watches no files"),
            .. Where(room, uses.Natives, name => name.StartsWith("inotify", StringComparison.Ordinal), "the server watches no files"),
            .. Where(room, uses.Types, type => type.StartsWith("W0rktree.LocalAgent.", StringComparison.Ordinal), "the server knows no agent"),
            .. Where(room, uses.Defined, type => WorkingCopy().IsMatch(type), "a working copy is the agent's"),
        ];

    /// <summary>Grains read objects through an interface of Core, never through files.</summary>
    public static IEnumerable<Violation> NoFiles(string room, AssemblyUses uses) => Named(room, uses.Types, FileAccess.Concat(Watching), "a grain has no files");

    /// <summary>The agent shows what the server says: it has nothing that could decide a right.</summary>
    public static IEnumerable<Violation> NoPolicyDecision(string room, AssemblyUses uses) =>
        [
            .. Where(room, uses.Types, type => type.StartsWith("W0rktree.Grains", StringComparison.Ordinal) || type.StartsWith("Orleans.", StringComparison.Ordinal), "the agent knows no grain"),
            .. Where(room, uses.Types.Concat(uses.Defined), type => Decision().IsMatch(type), "only the server decides what somebody may do"),
        ];

    /// <summary>No product code blocks a thread on a task, sleeps, or reads the clock behind TimeProvider's back.</summary>
    public static IEnumerable<Violation> NoBlocking(string room, AssemblyUses uses) => Named(room, uses.Members, Blocking, "await it, or take the time from TimeProvider");

    public static IEnumerable<Violation> NoTuples(string room, AssemblyUses uses) => uses.Tuples.Select(member => new Violation($"{room}: {member}", "a tuple in a public signature: name it as a record"));

    private static IEnumerable<Violation> Named(string room, IReadOnlySet<string> names, IEnumerable<string> forbidden, string why) =>
        forbidden.Where(names.Contains).Select(name => new Violation(room, $"uses {name}: {why}"));

    private static IEnumerable<Violation> Where(string room, IEnumerable<string> names, Func<string, bool> forbidden, string why) =>
        names.Where(forbidden).Select(name => new Violation(room, $"uses {name}: {why}"));

    [GeneratedRegex(@"(Polic(y|ies)|Access|Authori[sz]ation|Permission|Role)\w*(Decision|Decider|Evaluat|Enforce|Engine|Rules|Filter|Guard)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Decision();

    [GeneratedRegex("WorkingCopy|WorkingDirectory|Checkout|AutoSnapshot", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex WorkingCopy();
}
