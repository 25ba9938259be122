using System.Diagnostics;
using ZstdSharp;

namespace W0rktree.Libraries.Tests.Zstd;

/// <summary>The zstd program as the independent reader and writer of our frames.</summary>
public sealed class CommandLineTests
{
    [ZstdProgramFact]
    public void The_program_reads_our_frames()
    {
        var input = Text.Lines(4_000, seed: 30);
        using var compressor = new Compressor(5);
        Assert.Equal(input, Run("-d -c", compressor.Wrap(input).ToArray()));
    }

    [ZstdProgramFact]
    public void We_read_the_programs_frames()
    {
        var input = Text.Lines(4_000, seed: 31);
        var frame = Run("-9 -c", input);
        using var decompressing = new DecompressionStream(new MemoryStream(frame));
        using var output = new MemoryStream();
        decompressing.CopyTo(output);
        Assert.Equal(input, output.ToArray());
    }

    private static byte[] Run(string arguments, byte[] input)
    {
        var folder = Directory.CreateTempSubdirectory("w0rktree-zstd-");
        try
        {
            var file = Path.Combine(folder.FullName, "input.zst");
            File.WriteAllBytes(file, input);
            var start = new ProcessStartInfo("zstd", $"-q {arguments} {file}") { RedirectStandardOutput = true, UseShellExecute = false };
            using var process = Process.Start(start)!;
            using var output = new MemoryStream();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return output.ToArray();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

/// <summary>A fact that is skipped, with its reason, where the zstd program is not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ZstdProgramFactAttribute : FactAttribute
{
    public ZstdProgramFactAttribute()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "zstd"))))
        {
            Skip = "The zstd program is not installed (Debian: apt-get install zstd).";
        }
    }
}
