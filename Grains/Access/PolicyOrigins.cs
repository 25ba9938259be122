using System.Collections.Immutable;
using System.Text;
using W0rktree.Core.Objects;
using W0rktree.Core.Paths;
using W0rktree.Grains.Access.Policies;
using W0rktree.Grains.Access.Policies.Files;

namespace W0rktree.Grains.Access;

/// <summary>Reads policy files out of the root directories of trees.</summary>
internal static class PolicyOrigins
{
    // In bytes, so a little above what the reader takes in characters; more is never read.
    private const ulong MaxBytes = 4 * FileReader.MaxCharacters;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Tells whether a path holds policies, or stands where the folder of policies belongs.</summary>
    public static bool IsPolicy(TreePath path)
    {
        foreach (var folder in new[] { PolicyFiles.RootFolder, PolicyFiles.TreeFolder })
        {
            var above = TreePath.Parse(folder).Value;
            if (path.IsAtOrBelow(above) || path == above.Parent)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Reads the files of the worktree's root tree: the worktree's own, and those of the tree itself.</summary>
    public static async Task<PolicyReading> ReadRootAsync(ObjectGraph graph, ContentHash root, CancellationToken cancellationToken)
    {
        var problems = new List<PolicyProblem>();
        var worktree = await ReadAsync(graph, root, PolicyFiles.RootFolder, "", problems, cancellationToken);
        var tree = await ReadAsync(graph, root, PolicyFiles.TreeFolder, "", problems, cancellationToken);
        var trees = tree is null ? PolicySources.NoTrees : PolicySources.NoTrees.Add("", tree);
        return new PolicyReading(new PolicySources { Root = worktree ?? PolicyTexts.None, Trees = trees }, [.. problems]);
    }

    /// <summary>Reads the own files of a nested tree into what was read of the trees above.</summary>
    public static async Task<PolicyReading> AddTreeAsync(PolicyReading above, ObjectGraph graph, ContentHash root, string path, CancellationToken cancellationToken)
    {
        var problems = new List<PolicyProblem>(above.Problems);
        var texts = await ReadAsync(graph, root, PolicyFiles.TreeFolder, path, problems, cancellationToken);
        var sources = texts is null ? above.Sources : above.Sources with { Trees = above.Sources.Trees.SetItem(path, texts) };
        return new PolicyReading(sources, [.. problems]);
    }

    private static async Task<PolicyTexts?> ReadAsync(ObjectGraph graph, ContentHash root, string folder, string tree, List<PolicyProblem> problems, CancellationToken cancellationToken)
    {
        var place = TreePath.Parse(folder).Value;
        var entry = await graph.FindAsync(root, place, cancellationToken);
        if (entry is null && await graph.FindAsync(root, place.Parent, cancellationToken) is null or { Kind: EntryKind.Directory })
        {
            return null;
        }

        if (entry is not { Kind: EntryKind.Directory })
        {
            problems.Add(new PolicyProblem("policy_not_a_file", PolicyPath.Join(tree, folder), 1, 1, "Where the folder of policies belongs stands something else."));
            return null;
        }

        var directory = await graph.ReadDirectoryAsync(entry.Hash, cancellationToken);
        return new PolicyTexts(await TextAsync("roles.toml"), await TextAsync("policies.toml"), await TextAsync("teams.toml"));

        async Task<string?> TextAsync(string name)
        {
            var file = directory.Find(EntryName.Create(name).Value);
            if (file is null)
            {
                return null;
            }

            var shown = PolicyPath.Join(tree, $"{folder}/{name}");
            if (file.Kind is not (EntryKind.File or EntryKind.Executable) || file.SizeBytes > MaxBytes)
            {
                // A link would say nothing here, and so loosen what the file said before.
                problems.Add(new PolicyProblem("policy_not_a_file", shown, 1, 1, "A policy file is a file, and not larger than one can be."));
                return null;
            }

            var content = await graph.Reader.TryReadAsync(file.Hash, cancellationToken) ?? throw new MissingObjectException(file.Hash, "a policy file");
            try
            {
                return Strict.GetString(content.Bytes.Span);
            }
            catch (DecoderFallbackException)
            {
                problems.Add(new PolicyProblem("policy_syntax", shown, 1, 1, "The file is not UTF-8."));
                return null;
            }
        }
    }
}

/// <summary>Holds what was read of policy files, and what could not be.</summary>
internal sealed record PolicyReading(PolicySources Sources, ImmutableArray<PolicyProblem> Problems)
{
    /// <summary>Compiles what was read; what could not be read makes it invalid.</summary>
    public Compilation Compile() => Problems.IsEmpty ? CompiledPolicies.Compile(Sources) : new Compilation.Invalid(Problems);
}
