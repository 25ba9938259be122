namespace W0rktree.Architecture.Tests.Isolation;

/// <summary>Which room can do what, by what its code can name.</summary>
public sealed class IsolationTests
{
    public static TheoryData<string> Rooms => [.. Product.Assemblies.Keys];

    [Fact]
    public void Core_is_pure() => Violation.AssertNone(IsolationRules.Pure("Core", Uses("Core")));

    [Theory]
    [InlineData("Silo")]
    [InlineData("Grains")]
    [InlineData("Grains.Abstractions")]
    public void The_server_has_no_way_to_a_working_directory(string room) => Violation.AssertNone(IsolationRules.NoWorkingDirectory(room, Uses(room)));

    [Theory]
    [InlineData("Grains")]
    [InlineData("Grains.Abstractions")]
    public void Grains_have_no_files(string room) => Violation.AssertNone(IsolationRules.NoFiles(room, Uses(room)));

    [Theory]
    [InlineData("LocalAgent")]
    [InlineData("Cli")]
    [InlineData("Ipc")]
    [InlineData("Protocol")]
    [InlineData("Storage")]
    [InlineData("Core")]
    public void The_agent_has_no_way_to_a_policy_decision(string room) => Violation.AssertNone(IsolationRules.NoPolicyDecision(room, Uses(room)));

    [Theory]
    [MemberData(nameof(Rooms))]
    public void No_room_blocks_or_sleeps(string room) => Violation.AssertNone(IsolationRules.NoBlocking(room, Uses(room)));

    [Theory]
    [MemberData(nameof(Rooms))]
    public void No_public_signature_has_a_tuple(string room) => Violation.AssertNone(IsolationRules.NoTuples(room, Uses(room)));

    [Theory]
    [InlineData("File.ReadAllBytes(\"a\")", "no files")]
    [InlineData("new FileSystemWatcher()", "no files")]
    [InlineData("new System.Net.Sockets.TcpClient()", "no network")]
    [InlineData("new Random()", "no randomness")]
    [InlineData("Guid.NewGuid()", "no randomness")]
    [InlineData("DateTimeOffset.UtcNow", "no clock")]
    [InlineData("System.Diagnostics.Stopwatch.GetTimestamp()", "no clock")]
    [InlineData("new Microsoft.Extensions.DependencyInjection.ServiceCollection()", "no injection")]
    [InlineData("Environment.TickCount64", "no clock")]
    public void What_is_not_pure_is_reported(string expression, string problem) =>
        AssertReported(IsolationRules.Pure, $"public class C {{ public object P => {expression}; }}", problem);

    [Fact]
    public void Native_code_in_a_pure_room_is_reported() =>
        AssertReported(IsolationRules.Pure, """public static class C { [System.Runtime.InteropServices.DllImport("libc")] public static extern int fsync(int fd); }""", "no native code");

    [Theory]
    [InlineData("public class C { public object P => new FileSystemWatcher(); }")]
    [InlineData("""public static class C { [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "inotify_init1")] public static extern int Init(int flags); }""")]
    [InlineData("namespace W0rktree.Silo; public class WorkingCopyScan;")]
    public void A_way_of_the_server_to_a_working_directory_is_reported(string source) => AssertReported(IsolationRules.NoWorkingDirectory, source, "");

    [Fact]
    public void A_file_in_a_grain_is_reported() => AssertReported(IsolationRules.NoFiles, "public class C { public object P => File.Exists(\"a\"); }", "no files");

    [Theory]
    [InlineData("public class PolicyDecision;")]
    [InlineData("namespace A; internal static class AccessRules;")]
    [InlineData("internal sealed class RoleEvaluation;")]
    [InlineData("public class C { public IGrainFactory? P => null; }")]
    public void A_decision_of_the_agent_is_reported(string source) => AssertReported(IsolationRules.NoPolicyDecision, source, "");

    [Theory]
    [InlineData("public int M(Task<int> t) => t.Result;")]
    [InlineData("public void M(Task t) => t.Wait();")]
    [InlineData("public void M() => Thread.Sleep(1);")]
    [InlineData("public object M() => DateTime.Now;")]
    [InlineData("public int M(ValueTask<int> t) => t.Result;")]
    public void Blocking_is_reported(string member) => AssertReported(IsolationRules.NoBlocking, $"public class C {{ {member} }}", "await it");

    [Theory]
    [InlineData("public (int A, int B) M() => default;")]
    [InlineData("protected void M(List<(int A, int B)> pairs) { }")]
    [InlineData("public (int, string) P { get; set; }")]
    [InlineData("public Dictionary<string, (int, int)>? F;")]
    public void A_tuple_in_a_public_signature_is_reported(string member) => AssertReported(IsolationRules.NoTuples, $"public class C {{ {member} }}", "tuple");

    [Fact]
    public void Awaiting_and_private_tuples_pass()
    {
        var uses = Fixture.Read(
            "public class C { public async Task<int> M(Task<int> t, TimeProvider time) { await Task.Yield(); var (a, b) = P(); return await t + a + b + time.GetUtcNow().Hour; } private static (int, int) P() => (1, 2); }",
            AssemblyUses.Read);

        Assert.Empty(IsolationRules.NoBlocking("C", uses));
        Assert.Empty(IsolationRules.NoTuples("C", uses));
    }

    private static void AssertReported(Func<string, AssemblyUses, IEnumerable<Violation>> rule, string source, string problem) =>
        Assert.Contains(rule("Fixture", Fixture.Read(source, AssemblyUses.Read)), violation => violation.Problem.Contains(problem, StringComparison.Ordinal));

    private static AssemblyUses Uses(string room) => Product.Read(room, AssemblyUses.Read);
}
