using W0rktree.Storage.Files;

namespace W0rktree.Storage.Tests.Faults;

/// <summary>
/// A file system in memory that knows what was synced. A power loss keeps all of that, and of the rest whatever the seed says:
/// sectors in any order, names made, renamed or removed or not. It is the worst that a correct disk may do.
/// </summary>
internal sealed class LossyFiles : IStoreFiles
{
    private const int SectorBytes = 512;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Content> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Content> _durableNames = new(StringComparer.Ordinal);

    /// <summary>Throws at the call of this number; never when negative. Counts down writes, syncs and changes of names.</summary>
    public int FailAfter { get; set; } = -1;

    /// <summary>Says that it synced and did not, as no correct disk does: for tests of the tests.</summary>
    public bool ForgetsSyncs { get; init; }

    /// <summary>Whether <see cref="FailAfter"/> was reached.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Loses power: gives what a start afterwards finds.</summary>
    public LossyFiles LosePower(Random random)
    {
        lock (_gate)
        {
            LossyFiles after = new() { ForgetsSyncs = ForgetsSyncs };
            foreach (var folder in _names.Keys.Concat(_durableNames.Keys).Select(Folder).Distinct(StringComparer.Ordinal))
            {
                // A folder's changes reach the disk in their order; how far they came is chance.
                var names = random.Next(2) == 0 ? _names : _durableNames;
                foreach (var (path, content) in names.Where(name => Folder(name.Key) == folder))
                {
                    after._names[path] = after._durableNames[path] = content.AfterPowerLoss(random);
                }
            }

            return after;
        }
    }

    public void CreateFolder(string folder) => Directory.CreateDirectory(folder);

    public IReadOnlyList<string> ListFiles(string folder)
    {
        lock (_gate)
        {
            return [.. _names.Keys.Where(path => Folder(path) == folder).Select(path => Path.GetFileName(path))];
        }
    }

    public bool Exists(string path)
    {
        lock (_gate)
        {
            return _names.ContainsKey(path);
        }
    }

    public IStoreFile Create(string path)
    {
        lock (_gate)
        {
            Count();
            return _names.TryAdd(path, new Content()) ? new Handle(this, path, _names[path]) : throw new IOException($"{path} exists");
        }
    }

    public IStoreFile Open(string path)
    {
        lock (_gate)
        {
            return new Handle(this, path, _names.GetValueOrDefault(path) ?? throw new FileNotFoundException(path));
        }
    }

    public void Rename(string from, string to)
    {
        lock (_gate)
        {
            Count();
            _names[to] = _names[from];
            _names.Remove(from);
        }
    }

    public void Delete(string path)
    {
        lock (_gate)
        {
            Count();
            Assert.True(_names.Remove(path), path);
        }
    }

    public void SyncFolder(string folder)
    {
        lock (_gate)
        {
            Count();
            if (ForgetsSyncs)
            {
                return;
            }

            foreach (var path in _durableNames.Keys.Where(path => Folder(path) == folder).ToArray())
            {
                _durableNames.Remove(path);
            }

            foreach (var (path, content) in _names.Where(name => Folder(name.Key) == folder))
            {
                _durableNames[path] = content;
            }
        }
    }

    private static string Folder(string path) => Path.GetDirectoryName(path)!;

    private void Count()
    {
        if (HasFailed || (FailAfter >= 0 && FailAfter-- == 0))
        {
            HasFailed = true;
            throw new IOException("EIO: injected");
        }
    }

    private sealed class Content
    {
        public byte[] Bytes { get; private set; } = [];

        private byte[] _durable = [];

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            if (Bytes.Length < offset + bytes.Length)
            {
                SetLength(offset + bytes.Length);
            }

            bytes.CopyTo(Bytes.AsSpan((int)offset));
        }

        public void SetLength(long length)
        {
            var bytes = Bytes;
            Array.Resize(ref bytes, (int)length);
            Bytes = bytes;
        }

        public void Sync() => _durable = [.. Bytes];

        public Content AfterPowerLoss(Random random)
        {
            var length = random.Next(3) switch { 0 => _durable.Length, 1 => Bytes.Length, _ => random.Next(Math.Min(_durable.Length, Bytes.Length), Math.Max(_durable.Length, Bytes.Length) + 1) };
            var bytes = new byte[length];
            for (var at = 0; at < length; at += SectorBytes)
            {
                var source = random.Next(2) == 0 ? Bytes : _durable;
                var count = Math.Min(SectorBytes, Math.Min(length, source.Length) - at);
                if (count > 0)
                {
                    source.AsSpan(at, count).CopyTo(bytes.AsSpan(at));
                }
            }

            Content after = new() { Bytes = bytes };
            after.Sync();
            return after;
        }
    }

    private sealed class Handle(LossyFiles owner, string path, Content content) : IStoreFile
    {
        public string Path => path;

        public long Length
        {
            get
            {
                lock (owner._gate)
                {
                    return content.Bytes.Length;
                }
            }
        }

        public int Read(Span<byte> buffer, long offset)
        {
            lock (owner._gate)
            {
                var count = (int)Math.Clamp(content.Bytes.Length - offset, 0, buffer.Length);
                content.Bytes.AsSpan((int)Math.Min(offset, content.Bytes.Length), count).CopyTo(buffer);
                return count;
            }
        }

        public void Write(ReadOnlySpan<byte> buffer, long offset)
        {
            lock (owner._gate)
            {
                owner.Count();
                content.Write(buffer, offset);
            }
        }

        public void SetLength(long length)
        {
            lock (owner._gate)
            {
                owner.Count();
                content.SetLength(length);
            }
        }

        public void SyncData()
        {
            lock (owner._gate)
            {
                owner.Count();
                if (!owner.ForgetsSyncs)
                {
                    content.Sync();
                }
            }
        }

        public void Dispose()
        {
        }
    }
}
