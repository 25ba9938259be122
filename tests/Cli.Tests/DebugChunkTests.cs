using System.Diagnostics;
using System.Globalization;

namespace W0rktree.Cli.Tests;

public sealed class DebugChunkTests
{
    [Fact]
    public async Task The_chunks_are_the_file_without_gaps_and_each_has_its_hash()
    {
        using var line = new CommandLine();
        var path = Path.Combine(line.Folder, "large");
        var content = new byte[23_456_789];
        new Random(7).NextBytes(content);
        await File.WriteAllBytesAsync(path, content);
        var ended = await line.RunAsync("debug", "chunk", path);
        Assert.Equal(0, ended.ExitCode);
        var chunks = ended.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('\t')).ToArray();
        Assert.True(chunks.Length > 10, $"{chunks.Length} chunks");
        var offset = 0;
        foreach (var chunk in chunks)
        {
            Assert.Equal(offset, int.Parse(chunk[0], CultureInfo.InvariantCulture));
            offset += int.Parse(chunk[1], CultureInfo.InvariantCulture);
        }

        Assert.Equal(content.Length, offset);
        var third = chunks[2];
        Assert.Equal(await B3SumAsync(content.AsMemory(int.Parse(third[0], CultureInfo.InvariantCulture), int.Parse(third[1], CultureInfo.InvariantCulture))), third[2]);
    }

    [Fact]
    public async Task An_edit_moves_only_the_chunks_around_it()
    {
        using var line = new CommandLine();
        var path = Path.Combine(line.Folder, "large");
        var content = new byte[23_456_789];
        new Random(8).NextBytes(content);
        await File.WriteAllBytesAsync(path, content);
        var before = await HashesAsync(line, path);
        await File.WriteAllBytesAsync(path, [.. content.AsSpan(0, 12_000_000), 1, 2, 3, .. content.AsSpan(12_000_000)]);
        var after = await HashesAsync(line, path);
        Assert.InRange(after.Except(before).Count(), 1, 3);
    }

    [Theory]
    [InlineData("--min", "63")]
    [InlineData("--max", "1000")]
    public async Task Sizes_that_do_not_rise_are_refused(string option, string size)
    {
        using var line = new CommandLine();
        Assert.Equal(2, (await line.RunAsync("debug", "chunk", "f", option, size)).ExitCode);
    }

    [Theory]
    [InlineData("nothing", "there is no such file")]
    [InlineData("/", "it is a directory")]
    public async Task What_cannot_be_read_is_named_with_the_reason(string path, string reason)
    {
        using var line = new CommandLine();
        var ended = await line.RunAsync("debug", "chunk", path);
        Assert.Equal(4, ended.ExitCode);
        Assert.Contains($"cannot be read: {reason}.", ended.Error, StringComparison.Ordinal);
        Assert.Contains("Name a file that is there", ended.Error, StringComparison.Ordinal);
    }

    private static async Task<string[]> HashesAsync(CommandLine line, string path) =>
        [.. (await line.RunAsync("debug", "chunk", path)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(text => text.Split('\t')[2])];

    private static async Task<string> B3SumAsync(ReadOnlyMemory<byte> bytes)
    {
        using var sum = Process.Start(new ProcessStartInfo("b3sum", "--no-names") { RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false })!;
        await sum.StandardInput.BaseStream.WriteAsync(bytes);
        sum.StandardInput.Close();
        var text = await sum.StandardOutput.ReadToEndAsync();
        await sum.WaitForExitAsync();
        return text.Trim();
    }
}
