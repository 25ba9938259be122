using System.Diagnostics;
using W0rktree.Storage.Files;

namespace W0rktree.Storage.Tests.Faults;

/// <summary>A file system that stops whoever makes the n-th call from now on, before that call, until it is let go on. Thread safe.</summary>
internal sealed class PausingFiles(IStoreFiles inner) : IStoreFiles
{
    private readonly ManualResetEventSlim _goOn = new();
    private TaskCompletionSource<PausedAt> _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = int.MaxValue;

    /// <summary>Stops the call of this number, from 1; gives where it stands once it is reached.</summary>
    public Task<PausedAt> PauseAt(int call)
    {
        _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _goOn.Reset();
        Volatile.Write(ref _left, call);
        return _reached.Task;
    }

    /// <summary>Counts as a call: a place where its maker stands still though it asks for no file.</summary>
    public void Step() => Stop();

    /// <summary>Lets it go on; no further call is stopped.</summary>
    public void GoOn()
    {
        Volatile.Write(ref _left, int.MaxValue);
        _goOn.Set();
    }

    public void CreateFolder(string folder) => inner.CreateFolder(folder);

    public IReadOnlyList<string> ListFiles(string folder) => Called(() => inner.ListFiles(folder));

    public bool Exists(string path) => Called(() => inner.Exists(path));

    public IStoreFile Create(string path) => Called(() => new PausingFile(this, inner.Create(path)));

    public IStoreFile Open(string path) => Called(() => new PausingFile(this, inner.Open(path)));

    public IStoreMap Map(string path) => Called(() => inner.Map(path));

    public void Rename(string from, string to) => Called(() => inner.Rename(from, to));

    public void Delete(string path) => Called(() => inner.Delete(path));

    public void SyncFolder(string folder) => Called(() => inner.SyncFolder(folder));

    private T Called<T>(Func<T> call)
    {
        Stop();
        return call();
    }

    private void Called(Action call)
    {
        Stop();
        call();
    }

    private void Stop()
    {
        if (Volatile.Read(ref _left) != int.MaxValue && Interlocked.Decrement(ref _left) == 0)
        {
            var stack = new StackTrace().ToString();
            _reached.TrySetResult(new PausedAt(
                stack.Contains("CommitLoop", StringComparison.Ordinal) || stack.Contains("JournalWriter", StringComparison.Ordinal), stack));
            _goOn.Wait();
        }
    }

    private sealed class PausingFile(PausingFiles owner, IStoreFile file) : IStoreFile
    {
        public string Path => file.Path;

        public long Length => owner.Called(() => file.Length);

        public int Read(Span<byte> buffer, long offset)
        {
            owner.Stop();
            return file.Read(buffer, offset);
        }

        public void Write(ReadOnlySpan<byte> buffer, long offset)
        {
            owner.Stop();
            file.Write(buffer, offset);
        }

        public void SetLength(long length) => owner.Called(() => file.SetLength(length));

        public void SyncData() => owner.Called(file.SyncData);

        public void Dispose() => file.Dispose();
    }
}

/// <summary>Where somebody was stopped.</summary>
/// <param name="HoldsOthersUp">Whether that is a place that everybody passes one after the other: the journal's end, a step between two commits.</param>
/// <param name="Stack">The calls above it.</param>
internal sealed record PausedAt(bool HoldsOthersUp, string Stack);
