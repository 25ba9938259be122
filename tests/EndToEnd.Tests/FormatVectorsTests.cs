using System.Diagnostics;
using W0rktree.TestKit;

namespace W0rktree.EndToEnd.Tests;

/// <summary>Runs the second implementation of the formats, which shares no line with the product.</summary>
public sealed class FormatVectorsTests
{
    private static readonly string Script = Path.Combine(Repository.Root, "docs", "format", "verify_vectors.py");

    [PythonFact]
    public async Task A_second_implementation_recomputes_every_vector()
    {
        var (code, said) = await VerifyAsync(Path.Combine(Repository.Root, "docs", "format", "vectors.json"));
        Assert.True(code == 0, said);
        Assert.Contains("0 differ", said, StringComparison.Ordinal);
    }

    [PythonFact]
    public async Task The_second_implementation_notices_one_wrong_digit()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "format", "vectors.json"));
        var at = text.LastIndexOf("\"id\": \"", StringComparison.Ordinal) + 7;
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, string.Concat(text.AsSpan(0, at), text[at] == '0' ? "1" : "0", text.AsSpan(at + 1)));
        var (code, said) = await VerifyAsync(path);
        File.Delete(path);
        Assert.Equal(1, code);
        Assert.Contains("1 differ", said, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Said)> VerifyAsync(string vectors)
    {
        using var python = Process.Start(new ProcessStartInfo("python3", [Script, vectors]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = python.StandardError.ReadToEndAsync();
        var output = await python.StandardOutput.ReadToEndAsync();
        await python.WaitForExitAsync();
        return (python.ExitCode, output + await error);
    }
}

/// <summary>Runs where python3 and b3sum are installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute() => Skip = IsInstalled("python3") && IsInstalled("b3sum") ? null! : "python3 or b3sum is not installed: the vectors are checked by the product's own tests alone";

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
