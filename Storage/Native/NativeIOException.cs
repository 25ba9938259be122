using System.Text;

namespace W0rktree.Storage.Native;

/// <summary>A call of the C library failed; names the call, the path and the error code.</summary>
public sealed class NativeIOException : IOException
{
    /// <summary>Creates the exception for a failed call.</summary>
    public NativeIOException(string call, string path, int errno)
        : base($"{call} failed on '{path}': {Errno.NameOf(errno)}", errno)
    {
        Call = call;
        Path = path;
        Number = errno;
    }

    /// <summary>The C function that failed.</summary>
    public string Call { get; }

    /// <summary>The path the call was about, with invalid UTF-8 shown as replacement characters.</summary>
    public string Path { get; }

    /// <summary>The error number of the running platform.</summary>
    public int Number { get; }

    /// <summary>The symbolic name of the error, such as <c>ENOSPC</c>.</summary>
    public string Name => Errno.NameOf(Number);

    internal static NativeIOException Of(string call, ReadOnlySpan<byte> path, int errno) =>
        new(call, Encoding.UTF8.GetString(path), errno);
}
