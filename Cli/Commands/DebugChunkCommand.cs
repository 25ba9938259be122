using System.Buffers;
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
    /// <summary>Room for two of the largest chunks. Most are far shorter, so little is left of one read and has to be moved to the front.</summary>
    private const int BufferBytes = 8 << 20;

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
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(BufferBytes, cutter.MaximumBytes * 2));
        int start = 0, filled = 0;
        long offset = 0;
        for (var ended = false; ;)
        {
            // A cut before the end of what is in view is where it is, whatever follows.
            var length = filled - start < cutter.AverageBytes && !ended ? filled - start : cutter.Cut(buffer.AsSpan(start, filled - start));
            if (length == filled - start && length < cutter.MaximumBytes && !ended)
            {
                cancellationToken.ThrowIfCancellationRequested();
                buffer.AsSpan(start, filled - start).CopyTo(buffer);
                (start, filled) = (0, filled - start);
                var count = RandomAccess.Read(file, buffer.AsSpan(filled), offset + filled);
                ended = count == 0;
                filled += count;
                continue;
            }

            if (start == filled)
            {
                break;
            }

            var hash = ContentHash.OfContent(buffer.AsSpan(start, length));
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{offset}\t{length}\t{hash}"));
            start += length;
            offset += length;
        }

        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle Open(string path)
    {
        try
        {
            return File.OpenHandle(path, options: FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AgentException(new ErrorInfo(ErrorCodes.NotFound, $"'{path}' cannot be read: {e.Message}", null));
        }
    }
}
