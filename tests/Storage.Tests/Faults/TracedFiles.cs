using W0rktree.Storage.Files;

namespace W0rktree.Storage.Tests.Faults;

/// <summary>A file system in memory that writes down every call that changes it. Thread safe.</summary>
internal sealed class TracedFiles : IStoreFiles
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Content> _names = new(StringComparer.Ordinal);
    private readonly List<DiskCall> _calls = [];
    private readonly IReadOnlyDictionary<string, byte[]> _start;
    private int _files;

    public TracedFiles(IReadOnlyDictionary<string, byte[]> start)
    {
        _start = start;
        foreach (var (path, bytes) in start)
        {
            _names[path] = new Content(DiskTrace.NumberOf(start.Keys, path)) { Bytes = bytes };
        }
    }

    /// <summary>What was done so far.</summary>
    public DiskTrace Trace()
    {
        lock (_gate)
        {
            return new DiskTrace(_start, [.. _calls]);
        }
    }

    public void Acknowledge(int number) => Note(new DiskCall.Acknowledged(number));

    public void CreateFolder(string folder) => Directory.CreateDirectory(folder);

    public IReadOnlyList<string> ListFiles(string folder)
    {
        lock (_gate)
        {
            return [.. _names.Keys.Where(path => Path.GetDirectoryName(path) == folder).Select(path => Path.GetFileName(path))];
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
            Content content = new(++_files);
            _names.Add(path, content);
            _calls.Add(new DiskCall.Create(path, content.Number));
            return new Handle(this, path, content);
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
            _names.Remove(from, out var content);
            _names[to] = content!;
            _calls.Add(new DiskCall.Rename(from, to));
        }
    }

    public void Delete(string path)
    {
        lock (_gate)
        {
            Assert.True(_names.Remove(path), path);
            _calls.Add(new DiskCall.Delete(path));
        }
    }

    public void SyncFolder(string folder) => Note(new DiskCall.SyncFolder(folder));

    private void Note(DiskCall call)
    {
        lock (_gate)
        {
            _calls.Add(call);
        }
    }

    private sealed class Content(int number)
    {
        public int Number => number;

        public byte[] Bytes { get; set; } = [];
    }

    private sealed class Handle(TracedFiles owner, string path, Content content) : IStoreFile
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
                var bytes = new byte[Math.Max(content.Bytes.Length, offset + buffer.Length)];
                content.Bytes.CopyTo(bytes, 0);
                buffer.CopyTo(bytes.AsSpan((int)offset));
                content.Bytes = bytes;
                owner._calls.Add(new DiskCall.Write(content.Number, offset, buffer.ToArray()));
            }
        }

        public void SetLength(long length)
        {
            lock (owner._gate)
            {
                var bytes = content.Bytes;
                Array.Resize(ref bytes, (int)length);
                content.Bytes = bytes;
                owner._calls.Add(new DiskCall.SetLength(content.Number, length));
            }
        }

        public void SyncData() => owner.Note(new DiskCall.Sync(content.Number));

        public void Dispose()
        {
        }
    }
}
