using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using W0rktree.Core.Identity;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.Process;
using W0rktree.Storage;

namespace W0rktree.LocalAgent.Git.Export;

/// <summary>
/// Collects objects into one pack (gitformat-pack), each whole, and gives it to <c>git index-pack</c>, which checks it and
/// puts it in place. Deltas are left to git's own repacking.
/// </summary>
internal sealed class GitPack : IGitObjectSink, IAsyncDisposable
{
    private const int HeaderBytes = 12;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _slots = new(Environment.ProcessorCount + 1);
    private readonly List<Task> _compressing = [];
    private readonly HashSet<GitId> _added = [];
    private readonly GitRepository _target;
    private readonly ObjectStore _store;
    private readonly FileStream _file;
    private uint _count;

    /// <summary>Begins a pack for a repository.</summary>
    public GitPack(GitRepository target, ObjectStore store)
    {
        (_target, _store) = (target, store);
        var path = Path.Combine(target.Git.GitFolder, "objects", $"tmp_wt_{Guid.NewGuid():n}");
        _file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 1 << 20, Options = FileOptions.DeleteOnClose });
        _file.Write(new byte[HeaderBytes]);
    }

    /// <summary>Gets the number of objects.</summary>
    public int Count => _added.Count;

    /// <inheritdoc/>
    public async Task AddAsync(GitType type, GitId id, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (!_added.Add(id))
        {
            return;
        }

        await _slots.WaitAsync(cancellationToken);
        _compressing.RemoveAll(task => task.IsCompletedSuccessfully);
        _compressing.Add(Task.Run(() =>
        {
            try
            {
                Append(Encode(type, bytes.Span));
            }
            finally
            {
                _slots.Release();
            }
        }, CancellationToken.None));
    }

    /// <inheritdoc/>
    public async Task AddLargeAsync(LfsPointer pointer, ContentHash content, CancellationToken cancellationToken)
    {
        var path = pointer.PathBelow(_target.LargeFiles);
        if (File.Exists(path))
        {
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var source = await _store.OpenContentAsync(content, cancellationToken) ?? throw new Core.Objects.MissingObjectException(content, "a directory");
        var unfinished = $"{path}.{Guid.NewGuid():n}";
        await using (var copy = File.Create(unfinished))
        {
            await source.CopyToAsync(copy, cancellationToken);
        }

        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Puts the pack into the repository; nothing is there before.</summary>
    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_compressing);
        if (_count == 0)
        {
            return;
        }

        var header = new byte[HeaderBytes];
        "PACK"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(8), _count);
        _file.Position = 0;
        await _file.WriteAsync(header, cancellationToken);
        _file.Position = 0;
        await using var run = _target.Git.Start("index-pack", "--stdin");
        var output = run.Output.CopyToAsync(Stream.Null, cancellationToken);
        await SendAsync(run, cancellationToken);
        await output;
        await run.EndAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_compressing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _file.DisposeAsync();
        _slots.Dispose();
    }

    private async Task SendAsync(GitRun run, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
        var buffer = new byte[1 << 18];
        try
        {
            for (int read; (read = await _file.ReadAsync(buffer, cancellationToken)) > 0;)
            {
                hash.AppendData(buffer.AsSpan(0, read));
                await run.Input.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        catch (IOException)
        {
            // A broken pipe: how git ended tells why.
        }

        await run.WriteInputAsync(hash.GetHashAndReset(), cancellationToken);
    }

    private void Append(MemoryStream encoded)
    {
        lock (_gate)
        {
            _file.Write(encoded.GetBuffer().AsSpan(0, (int)encoded.Length));
            _count++;
        }
    }

    // Type and length, seven bits of it at a time after the first four, then the bytes by zlib.
    private static MemoryStream Encode(GitType type, ReadOnlySpan<byte> bytes)
    {
        var encoded = new MemoryStream(Math.Max(64, bytes.Length / 2));
        var rest = (ulong)bytes.Length >> 4;
        var first = (byte)(((int)type << 4) | (bytes.Length & 0xF));
        encoded.WriteByte(rest > 0 ? (byte)(first | 0x80) : first);
        while (rest > 0)
        {
            var next = (byte)(rest & 0x7F);
            rest >>= 7;
            encoded.WriteByte(rest > 0 ? (byte)(next | 0x80) : next);
        }

        if (bytes.IsEmpty)
        {
            // .NET writes nothing at all for nothing; zlib has a stream for it.
            encoded.Write([0x78, 0x01, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01]);
            return encoded;
        }

        using (var zlib = new ZLibStream(encoded, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(bytes);
        }

        return encoded;
    }
}
