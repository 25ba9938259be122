using ZstdSharp.Unsafe;

namespace ZstdSharp;

/// <summary>Turns results of zstd that are errors into exceptions.</summary>
public static class ThrowHelper
{
    private const ulong ContentSizeUnknown = ulong.MaxValue;
    private const ulong ContentSizeError = ulong.MaxValue - 1;

    /// <summary>Returns the result, or throws <see cref="ZstdException"/> if it is an error.</summary>
    public static nuint EnsureZstdSuccess(this nuint returnValue) =>
        Methods.ZSTD_isError(returnValue)
            ? throw new ZstdException(Methods.ZSTD_getErrorCode(returnValue), Methods.ZSTD_getErrorName(returnValue))
            : returnValue;

    /// <summary>Returns a content size, or throws <see cref="ZstdException"/> if the frame does not tell it or is none.</summary>
    public static ulong EnsureContentSizeOk(this ulong returnValue) => returnValue switch
    {
        ContentSizeUnknown => throw new ZstdException(ZSTD_ErrorCode.ZSTD_error_GENERIC, "The frame does not tell its content size."),
        ContentSizeError => throw new ZstdException(ZSTD_ErrorCode.ZSTD_error_GENERIC, "The content size cannot be read: this is no whole zstd frame."),
        _ => returnValue,
    };
}
