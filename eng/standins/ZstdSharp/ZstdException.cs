using ZstdSharp.Unsafe;

namespace ZstdSharp;

/// <summary>Reports that zstd refused input, parameter or buffer.</summary>
public class ZstdException : Exception
{
    /// <summary>Creates the exception for a code of zstd.</summary>
    public ZstdException(ZSTD_ErrorCode code, string message)
        : base(message) => Code = code;

    /// <summary>The reason as zstd numbers it.</summary>
    public ZSTD_ErrorCode Code { get; }
}
