using ZstdSharp.Unsafe;

namespace ZstdSharp;

/// <summary>Tells a destination that is too small, which the Try methods answer with false, from all other errors.</summary>
internal static class Outcome
{
    public static bool Fits(nuint result, out int written)
    {
        if (Methods.ZSTD_isError(result) && Methods.ZSTD_getErrorCode(result) == ZSTD_ErrorCode.ZSTD_error_dstSize_tooSmall)
        {
            written = 0;
            return false;
        }

        written = (int)result.EnsureZstdSuccess();
        return true;
    }
}
