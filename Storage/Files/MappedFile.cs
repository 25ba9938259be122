using System.IO.MemoryMappedFiles;

namespace W0rktree.Storage.Files;

/// <summary>A file in the page cache: costs address space, and memory only for the pages that are looked at.</summary>
internal sealed unsafe class MappedFile : IStoreMap
{
    private readonly MemoryMappedFile? _file;
    private readonly MemoryMappedViewAccessor? _view;
    private readonly int _length;

    public MappedFile(string path)
    {
        // An empty file cannot be mapped; nothing is there to be read either.
        _length = checked((int)new FileInfo(path).Length);
        if (_length > 0)
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            _file = MemoryMappedFile.CreateFromFile(stream, null, _length, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
            _view = _file.CreateViewAccessor(0, _length, MemoryMappedFileAccess.Read);
        }
    }

    // The handle counts its holders, so a pack that is merged away meanwhile is unmapped by the last of them.
    public ReadOnlySpan<byte> Hold()
    {
        if (_view is null)
        {
            return [];
        }

        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        return new ReadOnlySpan<byte>(start + _view.PointerOffset, _length);
    }

    public void Release() => _view?.SafeMemoryMappedViewHandle.ReleasePointer();

    public void Dispose()
    {
        _view?.Dispose();
        _file?.Dispose();
    }
}
