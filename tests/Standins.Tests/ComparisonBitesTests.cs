using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using W0rktree.Standins.Tests.Metadata;

namespace W0rktree.Standins.Tests;

/// <summary>The comparison itself is held to fixtures: a real assembly and stand-ins that are wrong in one thing each.</summary>
public sealed class ComparisonBitesTests
{
    private const string Truth = """
        namespace Lib;
        using System;
        using System.Threading.Tasks;
        public interface IThing { Task<int> Count(string name, int limit = 3); ValueTask Close(); }
        public interface IOther;
        public class Base { public virtual void Run() { } protected int Depth => 1; }
        public sealed class Thing : Base, IThing, IOther
        {
            public Thing(string name) { }
            public Task<int> Count(string name, int limit = 3) => Task.FromResult(1);
            public ValueTask Close() => default;
            public T Make<T>(in int seed) where T : class, new() => new();
            public static void Fill(out int value, params string[] rest) => value = 0;
            public required string Label { get; init; }
            public event EventHandler? Changed { add { } remove { } }
            public const int Limit = 7;
        }
        public enum Colour : byte { Red = 1, Green = 2 }
        [AttributeUsage(AttributeTargets.Class)] public sealed class MarkAttribute : Attribute;
        public static class Extensions { public static void Add(this IThing thing) { } }
        public readonly struct Id { public int Value { get; } }
        public abstract class Shape { public abstract void Draw(); }
        """;

    private static readonly UndownloadableList Nothing = UndownloadableList.Parse("");

    [Fact]
    public void A_faithful_standin_passes() => Assert.Empty(Compare(Truth));

    [Fact]
    public void A_part_of_the_real_thing_passes() => Assert.Empty(Compare("""
        namespace Lib;
        public enum Colour : byte { Green = 2 }
        public sealed class Thing : Base { public Thing(string name) { } public override void Run() { } }
        public class Base { public virtual void Run() { } }
        """));

    [Theory]
    [InlineData("return type", "ValueTask Close() => default;", "Task Close() => Task.CompletedTask;", "ValueTask Close();", "Task Close();")]
    [InlineData("parameters", "Count(string name, int limit = 3) =>", "Count(string text, int limit = 3) =>")]
    [InlineData("parameters", "Count(string name, int limit = 3);", "Count(string name, int limit = 4);")]
    [InlineData("parameters", "Fill(out int value, params string[] rest)", "Fill(out int value, string[] rest)")]
    [InlineData("does not exist", "Fill(out int value, params string[] rest)", "Fill(out int value, params object[] rest)")]
    [InlineData("does not exist", "Close() => default;", "Close() => default; public void Extra() { }")]
    [InlineData("does not exist", "public Thing(string name) { }", "public Thing(string name) { } public Thing() { }")]
    [InlineData("does not exist", "Make<T>(in int seed)", "Make<T>(int seed)")]
    [InlineData("generic parameters", "where T : class, new() => new()", "where T : new() => new()")]
    [InlineData("required", "required string Label { get; init; }", "string? Label { get; init; }")]
    [InlineData("return type", "Label { get; init; }", "Label { get; set; }")]
    [InlineData("type is", "event EventHandler? Changed", "event Action? Changed")]
    [InlineData("constant", "const int Limit = 7", "const int Limit = 8")]
    [InlineData("constant", "Green = 2", "Green = 3")]
    [InlineData("does not exist", "Green = 2", "Green = 2, Blue = 3")]
    [InlineData("underlying type", "enum Colour : byte", "enum Colour")]
    [InlineData("attribute usage", "AttributeTargets.Class", "AttributeTargets.All")]
    [InlineData("extension", "this IThing thing", "IThing thing")]
    [InlineData("kind", "readonly struct Id { public int Value { get; } }", "sealed class Id { public int Value { get; } }")]
    [InlineData("read-only", "readonly struct Id", "struct Id")]
    [InlineData("virtual", "public virtual void Run()", "public void Run()")]
    [InlineData("access", "protected int Depth", "public int Depth")]
    [InlineData("sealed", "public sealed class Thing", "public class Thing")]
    [InlineData("abstract", "public abstract class Shape { public abstract void Draw(); }", "public class Shape { public virtual void Draw() { } }")]
    [InlineData("implements", "Base, IThing, IOther", "Base, IThing, IOther, IDisposable", "Close() => default;", "Close() => default; void IDisposable.Dispose() { }")]
    [InlineData("derives from", "public class Base {", "public class Base : EventArgs {")]
    [InlineData("undownloadable.txt", "public interface IOther;", "public interface IOther; public class Invented;")]
    public void One_wrong_thing_is_reported(string problem, params string[] edits)
    {
        var wrong = Truth.ReplaceLineEndings("\n");
        for (var i = 0; i + 1 < edits.Length; i += 2)
        {
            wrong = wrong.Replace(edits[i], edits[i + 1], StringComparison.Ordinal);
        }

        Assert.NotEqual(Truth.ReplaceLineEndings("\n"), wrong);
        Assert.Contains(Compare(wrong), finding => finding.ToString().Contains(problem, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_wrong_is_named_with_the_overloads_that_exist()
    {
        var findings = Compare(Truth.Replace("Count(string name, int limit = 3)", "Count(string name, long limit = 3)", StringComparison.Ordinal));

        Assert.Contains(
            "Lib.Thing, method Count(System.String, System.Int64): does not exist in Real; it has method Count(System.String, System.Int32)",
            findings.Select(finding => finding.ToString()));
    }

    [Fact]
    public void An_interface_that_lacks_a_member_is_reported_as_partial()
    {
        using var real = new MemoryStream(Compile("Real", Truth));
        var comparison = new StandinComparison([ApiReader.Read(real)], [], Nothing);

        Assert.Empty(comparison.PartialInterfaces(Read(Truth)));
        Assert.Equal(
            "Lib.IThing: lacks method Close()",
            Assert.Single(comparison.PartialInterfaces(Read("namespace Lib; using System.Threading.Tasks; public interface IThing { Task<int> Count(string name, int limit = 3); }"))).ToString());
    }

    [Fact]
    public void Names_of_our_own_namespace_are_exempt() =>
        Assert.Empty(Compare("namespace W0rktree.Standins.Lib; public class Invented;"));

    [Fact]
    public void A_listed_type_is_held_to_the_calls_that_real_assemblies_make()
    {
        const string elsewhere = "namespace Far; public class Core { public int Do(string a) => 1; public void Stop() { } }";
        const string ours = "namespace Far; public class Core { public int Do(object a) => 1; public int Stop() => 1; }";
        using var folder = new TemporaryFolder();
        var core = folder.Write("Far.Api.dll", Compile("Far.Api", elsewhere));
        var caller = folder.Write("Caller.dll", Compile(
            "Caller", "public static class C { public static void Go(Far.Core core) { core.Do(\"\"); core.Stop(); } }", core));
        var uses = UseReader.Read(caller);

        var listed = new StandinComparison([], uses, UndownloadableList.Parse("[Far.Api] https://example.org/far\nFar.Core\n"));
        var misplaced = new StandinComparison([], uses, UndownloadableList.Parse("[Far.Else] https://example.org/far\nFar.Core\n"));
        var findings = listed.Compare(Read(ours)).Select(finding => finding.ToString()).ToList();

        Assert.Equal(2, findings.Count);
        Assert.Contains("Far.Core, method Do(System.Object): Caller calls method Do(System.String)", findings);
        Assert.Contains("Far.Core, method Stop(): returns System.Int32, Caller expects System.Void", findings);
        Assert.Contains(misplaced.Compare(Read(elsewhere)), finding => finding.Problem.Contains("takes it from Far.Api", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Far.Core")]
    [InlineData("[Far.Api]\nFar.Core")]
    [InlineData("[Far.Api] https://example.org/far\nFar.Core\nFar.Core")]
    public void A_list_that_says_not_where_a_type_is_documented_is_refused(string text) =>
        Assert.Throws<FormatException>(() => UndownloadableList.Parse(text));

    private static IReadOnlyList<Finding> Compare(string standin)
    {
        using var real = new MemoryStream(Compile("Real", Truth));
        return new StandinComparison([ApiReader.Read(real)], [], Nothing).Compare(Read(standin));
    }

    private static ApiAssembly Read(string source)
    {
        using var stream = new MemoryStream(Compile("Ours", source));
        return ApiReader.Read(stream);
    }

    private static byte[] Compile(string name, string source, params string[] references)
    {
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
            .Concat(references)
            .Select(path => MetadataReference.CreateFromFile(path));
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.Latest))],
            platform,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return stream.ToArray();
    }

    private sealed class TemporaryFolder : IDisposable
    {
        private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("standins-");

        public string Write(string name, byte[] content)
        {
            var path = Path.Combine(folder.FullName, name);
            File.WriteAllBytes(path, content);
            return path;
        }

        public void Dispose() => folder.Delete(recursive: true);
    }
}
