using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace W0rktree.Architecture.Tests;

/// <summary>Compiles a few lines that break a rule, so that the rule is known to bite.</summary>
internal static class Fixture
{
    private const string Usings = """
        global using System; global using System.Collections.Generic; global using System.Collections.Immutable; global using System.IO;
        global using System.Linq; global using System.Threading; global using System.Threading.Tasks; global using Orleans; global using Orleans.Runtime;
        """;

    private static readonly Lazy<IReadOnlyList<MetadataReference>> References = new(() => [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!)
        .Split(Path.PathSeparator)
        .Select(path => MetadataReference.CreateFromFile(path))]);

    public static Assembly Load(string source) => Assembly.Load(Compile(source));

    public static T Read<T>(string source, Func<MetadataReader, T> read)
    {
        using var file = new PEReader(new MemoryStream(Compile(source)));
        return read(file.GetMetadataReader());
    }

    private static byte[] Compile(string source)
    {
        var options = new CSharpParseOptions(LanguageVersion.Preview);
        var compilation = CSharpCompilation.Create(
            $"Fixture{Guid.NewGuid():N}",
            [CSharpSyntaxTree.ParseText(Usings, options), CSharpSyntaxTree.ParseText(source, options)],
            References.Value,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        return stream.ToArray();
    }
}
