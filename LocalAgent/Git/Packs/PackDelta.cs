namespace W0rktree.LocalAgent.Git.Packs;

/// <summary>Git's deltas (gitformat-pack): two sizes, then pieces to copy from the base and pieces that are new.</summary>
internal static class PackDelta
{
    /// <summary>Reads the sizes of base and result; false where there are none. The rest of the delta is what to do.</summary>
    public static bool TryHead(ref ReadOnlySpan<byte> delta, out long baseBytes, out long resultBytes)
    {
        resultBytes = 0;
        return TrySize(ref delta, out baseBytes) && TrySize(ref delta, out resultBytes);
    }

    /// <summary>Makes the result; false where the delta does not fill it exactly from what the base has.</summary>
    public static bool TryApply(ReadOnlySpan<byte> steps, ReadOnlySpan<byte> source, Span<byte> result)
    {
        while (!steps.IsEmpty)
        {
            int step = steps[0];
            steps = steps[1..];
            var from = steps;
            var (start, length) = (0, step);
            if ((step & 0x80) != 0)
            {
                from = source;
                if (!TryCopy(step, steps, out var used, out start, out length))
                {
                    return false;
                }

                steps = steps[used..];
            }
            else if (step == 0 || step > steps.Length)
            {
                return false;
            }
            else
            {
                steps = steps[step..];
            }

            if (start > from.Length - length || length > result.Length)
            {
                return false;
            }

            from.Slice(start, length).CopyTo(result);
            result = result[length..];
        }

        return result.IsEmpty;
    }

    /// <summary>The lowest four bits say which bytes of the offset follow, the next three which of the length.</summary>
    private static bool TryCopy(int step, ReadOnlySpan<byte> steps, out int used, out int start, out int length)
    {
        const int usual = 0x10000;
        (used, start, length) = (0, 0, 0);
        for (var bit = 0; bit < 7; bit++)
        {
            if ((step & (1 << bit)) == 0)
            {
                continue;
            }

            if (used == steps.Length)
            {
                return false;
            }

            int next = steps[used++];
            (start, length) = bit < 4 ? (start | (next << (8 * bit)), length) : (start, length | (next << (8 * (bit - 4))));
        }

        length = length == 0 ? usual : length;
        return start >= 0;
    }

    private static bool TrySize(ref ReadOnlySpan<byte> delta, out long size)
    {
        size = 0;
        for (var shift = 0; shift < 63 && !delta.IsEmpty; shift += 7)
        {
            var next = delta[0];
            delta = delta[1..];
            size |= (long)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                return true;
            }
        }

        return false;
    }
}
