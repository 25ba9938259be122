using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Blake3;

/// <summary>How inputs are hashed: word by word, or in vectors whose lanes each hold a word of another input.</summary>
internal enum LaneWidth
{
    /// <summary>One input at a time, one word at a time.</summary>
    Scalar = 0,

    /// <summary>One input at a time, its state in four vectors.</summary>
    One = 1,

    /// <summary>Four inputs side by side.</summary>
    Four = 4,

    /// <summary>Eight inputs side by side.</summary>
    Eight = 8,

    /// <summary>Sixteen inputs side by side.</summary>
    Sixteen = 16,
}

/// <summary>Chooses the width, for the machine and for a number of inputs.</summary>
internal static class Lanes
{
    // The lane kernel holds its sixteen vectors of state in registers only where there are 32 of them.
    private static readonly bool HasManyRegisters = Avx512F.VL.IsSupported || AdvSimd.Arm64.IsSupported;

    /// <summary>The widest that this machine can do.</summary>
    public static LaneWidth Widest { get; } =
        Avx512F.IsSupported ? LaneWidth.Sixteen
        : Avx2.IsSupported ? LaneWidth.Eight
        : Vector128.IsHardwareAccelerated ? LaneWidth.Four
        : LaneWidth.Scalar;

    /// <summary>The quickest on this machine: four lanes of SSE do 0.7 GB/s where one input at a time does 0.85.</summary>
    public static LaneWidth Default { get; } =
        Widest == LaneWidth.Four && !HasManyRegisters ? LaneWidth.One : Widest;

    /// <summary>The width in force. Only tests set it, and never above <see cref="Widest"/>.</summary>
    public static LaneWidth Width { get; set; } = Default;

    /// <summary>The lanes to take for the next inputs of those left; above their number where idle lanes cost less than single inputs.</summary>
    public static int For(int left)
    {
        var widest = (int)Width;
        if (widest >= 16 && left > 8)
        {
            return 16;
        }

        // Measured: eight lanes take as long as seven single inputs where vectors spill, else as long as three.
        if (widest >= 8 && left >= (HasManyRegisters ? 5 : 7))
        {
            return 8;
        }

        return widest >= 4 && left >= 3 && (HasManyRegisters || Width == LaneWidth.Four) ? 4 : 1;
    }
}
