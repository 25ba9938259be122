using W0rktree.Core.Identity;
using W0rktree.Core.Paths;
using W0rktree.Core.Secrets;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Secrets;

/// <summary>One reason to hold a path back.</summary>
/// <param name="Path">The path in the tree.</param>
/// <param name="Content">The content that is meant; another one at this path is looked at anew.</param>
/// <param name="Finding">What was found in it.</param>
internal sealed record HeldPath(TreePath Path, ContentHash Content, SecretFinding Finding)
{
    /// <summary>Gets what stands for this finding at this path in the list of what was allowed. It survives edits elsewhere in the file.</summary>
    public ContentHash Mark { get; } = ContentHash.OfContent([.. Path.Bytes, 0, .. Finding.Fingerprint.ToArray()]);

    /// <summary>Gets whether the file as a whole is meant, for what kind of file it is; else a secret in it.</summary>
    public bool IsKind => Finding.Line == 0;

    /// <summary>Gets what was found, in words.</summary>
    public string About => IsKind ? HeldFiles.Kinds[Finding.Rule] : SecretScanner.Rules[Finding.Rule];

    /// <summary>Puts it into the protocol's words.</summary>
    public HeldInfo Describe() => new(Path.ToString(), IsKind ? null : Finding.Line, Finding.Rule, About);

    /// <summary>Formats as <c>path:line (rule)</c>.</summary>
    public override string ToString() => $"{Path}{(IsKind ? "" : $":{Finding.Line}")} ({Finding.Rule})";
}
