using System.Buffers.Text;
using System.Threading.Channels;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Packs;

namespace W0rktree.LocalAgent.Git.Process;

/// <summary>An object as git gave it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Bytes">Its bytes; more where the reader brought the array.</param>
/// <param name="Length">Its length.</param>
internal readonly record struct GitObject(GitId Id, GitType Type, byte[] Bytes, int Length);

/// <summary>
/// Reads objects: what stands in packs by itself, where it was given some, and everything else through one <c>git cat-file
/// --batch-command</c>, many asked for ahead, answers in the order of the questions. Not thread safe: one reader owns it.
/// </summary>
internal sealed class GitObjectSource : IAsyncDisposable
{
    private const int BufferBytes = 1 << 18;

    // Questions to one flush: some 50 KB, which the pipe takes without making us wait.
    private const int FlushEvery = 1024;

    /// <summary>An object in one piece has at most this many bytes: an array's limit.</summary>
    private const long MaxObjectBytes = 0x7FFF_0000;

    private readonly GitProgram _git;
    private readonly PackedObjects? _packed;
    private readonly GitRun _run;
    private readonly byte[] _buffer = new byte[BufferBytes];
    private readonly Channel<GitId[]> _questions = Channel.CreateUnbounded<GitId[]>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _asking;
    private int _start;
    private int _end;

    /// <summary>Starts reading from a repository.</summary>
    /// <param name="git">Git on it.</param>
    /// <param name="packed">Its packs; null to ask git for everything.</param>
    public GitObjectSource(GitProgram git, PackedObjects? packed = null)
    {
        (_git, _packed) = (git, packed);
        _run = git.Start("cat-file", "--batch-command", "--buffer");
        PipeSize.Enlarge(_run.Output);
        _asking = Task.Run(AskAsync);
    }

    /// <summary>Reads objects one after the other, in this order.</summary>
    public IAsyncEnumerable<GitObject> ReadAsync(IReadOnlyList<GitId> ids, CancellationToken cancellationToken) => ReadAsync(ids, Allocate, cancellationToken);

    /// <summary>Reads objects one after the other, in this order, into arrays that the caller provides.</summary>
    public async IAsyncEnumerable<GitObject> ReadAsync(IReadOnlyList<GitId> ids, Func<int, byte[]> rent, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var asked = _packed is null ? ids : [.. ids.Where(id => !_packed.Has(id))];
        for (var at = 0; at < asked.Count; at += FlushEvery)
        {
            _questions.Writer.TryWrite([.. asked.Skip(at).Take(FlushEvery)]);
        }

        foreach (var id in ids)
        {
            yield return _packed is null || !_packed.Has(id) ? await NextAsync(id, rent, cancellationToken)
                : _packed.TryRead(id, rent) ?? await DoubtfulAsync(id, cancellationToken);
        }
    }

    /// <summary>Reads one object.</summary>
    public async Task<GitObject> ReadAsync(GitId id, CancellationToken cancellationToken)
    {
        _questions.Writer.TryWrite([id]);
        return await NextAsync(id, Allocate, cancellationToken);
    }

    /// <summary>What a pack should have and does not give: git answers it, or says what is wrong. Its turn among the questions is past.</summary>
    private async Task<GitObject> DoubtfulAsync(GitId id, CancellationToken cancellationToken)
    {
        await using var other = new GitObjectSource(_git);
        return await other.ReadAsync(id, cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _questions.Writer.TryComplete();
        await _run.DisposeAsync();
        await _asking;
    }

    private async Task AskAsync()
    {
        try
        {
            await foreach (var batch in _questions.Reader.ReadAllAsync())
            {
                await _run.Input.WriteAsync(Format(batch));
                await _run.Input.FlushAsync();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // git is gone; whoever waits for an answer hears of it.
        }
    }

    // git answers a whole batch at its "flush", in large writes, instead of one write for each object.
    private static byte[] Format(GitId[] ids)
    {
        const int line = 9 + (GitId.SizeBytes * 2) + 1;
        var text = new byte[(ids.Length * line) + 6];
        for (var i = 0; i < ids.Length; i++)
        {
            var at = text.AsSpan(i * line, line);
            "contents "u8.CopyTo(at);
            System.Text.Encoding.ASCII.GetBytes(ids[i].ToString(), at[9..]);
            at[^1] = (byte)'\n';
        }

        "flush\n"u8.CopyTo(text.AsSpan(ids.Length * line));
        return text;
    }

    private static byte[] Allocate(int size) => GC.AllocateUninitializedArray<byte>(size);

    private async ValueTask<GitObject> NextAsync(GitId expected, Func<int, byte[]> rent, CancellationToken cancellationToken)
    {
        var feed = await FillToFeedAsync(cancellationToken);
        var (type, size) = Head(_buffer.AsSpan(_start, feed - _start), expected);
        _start = feed + 1;
        var bytes = rent(size);
        var buffered = Math.Min(size, _end - _start);
        _buffer.AsSpan(_start, buffered).CopyTo(bytes);
        _start += buffered;
        await ReadExactlyAsync(bytes.AsMemory(buffered, size - buffered), cancellationToken);
        _ = await FillToFeedAsync(cancellationToken);
        _start++;
        return new GitObject(expected, type, bytes, size);
    }

    private static (GitType Type, int Size) Head(ReadOnlySpan<byte> line, GitId expected)
    {
        const int hex = GitId.SizeBytes * 2;
        if (line.Length > hex && line[hex] == ' ' && GitId.TryParse(line[..hex], out var id) && id == expected
            && line[(hex + 1)..] is var rest && rest.IndexOf((byte)' ') is > 0 and var space
            && GitTypes.Parse(rest[..space]) is { } type && Utf8Parser.TryParse(rest[(space + 1)..], out long size, out _))
        {
            return size <= MaxObjectBytes
                ? (type, (int)size)
                : throw new GitRefusalException("too_large", $"The object {expected} has {size:N0} bytes; the bridge carries up to {MaxObjectBytes:N0}.", "Move it to git-lfs first.");
        }

        throw new GitRefusalException("git_damaged", $"The repository lacks the object {expected}: git says '{GitRefusalException.Display(line)}'.", "'git fsck --full' there tells more; a partial or shallow clone has to be completed first.");
    }

    private async ValueTask<int> FillToFeedAsync(CancellationToken cancellationToken)
    {
        for (var from = _start; ;)
        {
            var feed = _buffer.AsSpan(from, _end - from).IndexOf((byte)'\n');
            if (feed >= 0)
            {
                return from + feed;
            }

            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            from = _end;
            var count = await _run.Output.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            if (count == 0)
            {
                await _run.EndAsync(cancellationToken);
                throw new GitRefusalException("git_failed", "'git cat-file' ended before it answered.");
            }

            _end += count;
        }
    }

    private async ValueTask ReadExactlyAsync(Memory<byte> target, CancellationToken cancellationToken)
    {
        if (!target.IsEmpty)
        {
            await _run.Output.ReadExactlyAsync(target, cancellationToken);
        }
    }
}
