using W0rktree.LocalAgent.Pipeline;

namespace W0rktree.LocalAgent.Sync;

/// <summary>Draws ids.</summary>
internal static class RandomIds
{
    extension(IEntropy entropy)
    {
        /// <summary>Draws 128 bits and writes them as 32 hexadecimal digits.</summary>
        public string DrawId()
        {
            Span<byte> bytes = stackalloc byte[16];
            entropy.Fill(bytes);
            return Convert.ToHexStringLower(bytes);
        }
    }
}
