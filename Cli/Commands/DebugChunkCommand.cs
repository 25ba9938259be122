using System.CommandLine;
using System.Globalization;
using W0rktree.Cli.Agent;
using W0rktree.Core.Chunking;
using W0rktree.Core.Identity;
using W0rktree.Protocol.Ipc;

namespace W0rktree.Cli.Commands;

/// <summary><c>wt debug chunk</c>: where a file would be cut, and the hash of each piece. Needs no agent; one thread.</summary>
internal static class DebugChunkCommand
{
    /// <summary>What is read at once stays in the processor's own cache until it was looked at.</summary>
    private const int ReadBytes = 512 << 10;

    private const int LargestBytes = 1 << 28;

    public static Command Create(CommandContext context)
    {
        var command = new WtCommand("chunk", "Write offset, length and hash of each chunk of a file", "wt debug chunk video.mp4");
        var file = command.Take(new Argument<string>("file") { Description = "The file to cut" });
        var minimum = command.Take(new Option<int?>("--min") { Description = "The least bytes of a chunk; 262144 by default" });
        var average = command.Take(new Option<int?>("--avg") { Description = "The usual bytes of a chunk; 1048576 by default" });
        var maximum = command.Take(new Option<int?>("--max") { Description = "The most bytes of a chunk; 4194304 by default" });
        return command.Run((parse, cancellationToken) =>
        {
            var cutter = Cutter(parse.GetValue(minimum) ?? 256 << 10, parse.GetValue(average) ?? 1 << 20, parse.GetValue(maximum) ?? 4 << 20);
            return CutAsync(context.Absolute(parse.GetValue(file)!), cutter, context.Terminal.Output, cancellationToken);
        });
    }

    private static FastCdc Cutter(int minimum, int average, int maximum)
    {
        // What the algorithm itself refuses, in words for people; the largest is held in memory.
        if (minimum is < 64 or > 1 << 26 || average < minimum || maximum < average || maximum > LargestBytes)
        {
            throw new AgentException(new ErrorInfo(ErrorCodes.InvalidArgument, $"Sizes rise from 64 to {LargestBytes}: --min, --avg, --max.", null));
        }

        return new FastCdc(minimum, average, maximum);
    }

    private static async Task CutAsync(string path, FastCdc cutter, TextWriter output, CancellationToken cancellationToken)
    {
        using var file = Open(path);
        // A buffer of its own, not of the pool: that rounds up to a power of two, and each new page of memory costs time.
        var window = new CutWindow(cutter, GC.AllocateUninitializedArray<byte>(cutter.MaximumBytes + ReadBytes));
        long offset = 0, read = 0;
        while (true)
        {
            if (window.Cut() is var length and not 0)
            {
                var hash = ContentHash.OfContent(window.Rest.Span[..length]);
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{offset}\t{length}\t{hash}"));
                window.Take(length);
                offset += length;
                continue;
            }

            if (window.HasEnded)
            {
                break;
            }

            cancellationToken.ThrowIfCancellationRequested();
            var count = RandomAccess.Read(file, window.Room(ReadBytes).Span, read);
            window.Add(count);
            read += count;
        }
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(path, options: FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            var why = Directory.Exists(path) ? "it is a directory" : File.Exists(path) ? e.Message.TrimEnd('.') : "there is no such file";
            throw new AgentException(new ErrorInfo(ErrorCodes.NotFound, $"'{path}' cannot be read: {why}.", "Name a file that is there and that you may read."));
        }
    }
}
