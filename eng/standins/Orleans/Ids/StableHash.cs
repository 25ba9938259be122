namespace Orleans.Runtime;

/// <summary>FNV-1a: the same in every process, so that a simulation's trace never depends on a per-process hash seed.</summary>
internal static class StableHash
{
    public static int Of(ReadOnlySpan<byte> bytes)
    {
        unchecked
        {
            var hash = 2166136261u;
            foreach (var b in bytes)
            {
                hash = (hash ^ b) * 16777619u;
            }

            return (int)hash;
        }
    }
}
