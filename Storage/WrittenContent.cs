using W0rktree.Core.Identity;

namespace W0rktree.Storage;

/// <summary>Content that was written.</summary>
/// <param name="Id">BLAKE3 of the whole content, however it is stored.</param>
/// <param name="SizeBytes">Its length.</param>
public readonly record struct WrittenContent(ContentHash Id, long SizeBytes);
