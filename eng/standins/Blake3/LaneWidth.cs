using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Blake3;

/// <summary>How many inputs are hashed side by side, one in each 32-bit lane of a vector.</summary>
internal enum LaneWidth
{
    Scalar = 1,
    Four = 4,
    Eight = 8,
    Sixteen = 16,
}

/// <summary>The width in force: the widest that the machine has, unless a test forces a narrower one.</summary>
internal static class Lanes
{
    /// <summary>The widest vectors that are worth it on this machine.</summary>
    public static LaneWidth Widest { get; } =
        Avx512F.IsSupported && Avx512BW.IsSupported && Vector512.IsHardwareAccelerated ? LaneWidth.Sixteen
        : Avx2.IsSupported ? LaneWidth.Eight
        : Vector128.IsHardwareAccelerated ? LaneWidth.Four
        : LaneWidth.Scalar;

    /// <summary>The width in force. Only tests set it, and never above <see cref="Widest"/>.</summary>
    public static LaneWidth Width { get; set; } = Widest;
}
