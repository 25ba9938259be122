using System.Text;
using W0rktree.Core;
using W0rktree.LocalAgent.Git.Objects;
using W0rktree.LocalAgent.Git.References;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Git.Process;

/// <summary>A repository of git that the bridge has looked at and can work with.</summary>
internal sealed class GitRepository
{
    private GitRepository(GitProgram git, bool isBare) => (Git, IsBare) = (git, isBare);

    /// <summary>Gets git on this repository.</summary>
    public GitProgram Git { get; }

    /// <summary>Gets whether it has no working directory of its own.</summary>
    public bool IsBare { get; }

    /// <summary>Gets where git-lfs keeps content.</summary>
    public string LargeFiles => Path.Combine(Git.GitFolder, "lfs", "objects");

    /// <summary>Opens the repository at a path: its working directory, or its folder itself.</summary>
    public static async Task<Result<GitRepository>> OpenAsync(string path, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path))
        {
            return new Error(ErrorCodes.NotFound, $"There is no directory '{path}'.");
        }

        var folder = File.Exists(Path.Combine(path, ".git")) || Directory.Exists(Path.Combine(path, ".git")) ? Path.Combine(path, ".git") : path;
        var found = await GitProgram.RunOutsideAsync(path, cancellationToken, $"--git-dir={folder}", "rev-parse", "--absolute-git-dir", "--is-bare-repository", "--is-shallow-repository", "--show-object-format");
        if (!found.IsOk)
        {
            return found.Error.Code == "git_missing" ? found.Error : new Error("not_git", $"'{path}' is no repository of git that can be read: {found.Error.Message}", "Name its working directory, or the folder with 'HEAD' and 'objects'.");
        }

        return found.Value.Split('\n') switch
        {
            [_, _, "true", _] => new Error("git_shallow", $"'{path}' is a shallow clone: git cut its history off.", "'git fetch --unshallow' there brings the rest."),
            [var real, var bare, _, "sha1"] => new GitRepository(new GitProgram(real), bare == "true"),
            [_, _, _, var format] => new Error("git_format", $"'{path}' names its objects by {format}; the bridge carries sha1 only."),
            _ => new Error("not_git", $"git says something unexpected of '{path}'."),
        };
    }

    /// <summary>Makes a repository without a working directory where there is none.</summary>
    public static async Task<Result<GitRepository>> OpenOrCreateAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any())
        {
            return await OpenAsync(path, cancellationToken);
        }

        Directory.CreateDirectory(path);
        var made = await GitProgram.RunOutsideAsync(path, cancellationToken, "init", "--quiet", "--bare", "--template=", ".");
        return made.IsOk ? await OpenAsync(path, cancellationToken) : made.Error;
    }

    /// <summary>Gives the branch that HEAD names, whether it is there or not; null where HEAD names none.</summary>
    public async Task<string?> HeadBranchAsync(CancellationToken cancellationToken)
    {
        try
        {
            var lines = await Git.LinesAsync(cancellationToken, "symbolic-ref", "HEAD");
            return lines is [var name] && name.StartsWith(GitReference.Heads, StringComparison.Ordinal) ? name[GitReference.Heads.Length..] : null;
        }
        catch (GitRefusalException)
        {
            return null;
        }
    }

    /// <summary>Lists branches and tags. Others (notes, pull requests, remote branches) are not carried.</summary>
    public async Task<IReadOnlyList<GitReference>> ReferencesAsync(CancellationToken cancellationToken)
    {
        const string format = "%(objectname) %(objecttype) %(*objectname) %(*objecttype) %(refname)";
        var references = new List<GitReference>();
        foreach (var line in await Git.LinesAsync(cancellationToken, "for-each-ref", $"--format={format}", GitReference.Heads, GitReference.Tags))
        {
            var parts = line.Split(' ', 5);
            if (parts.Length == 5 && GitId.TryParse(parts[0], out var id) && GitTypes.Parse(Encoding.ASCII.GetBytes(parts[1])) is { } type)
            {
                references.Add(GitId.TryParse(parts[2], out var peeled) && GitTypes.Parse(Encoding.ASCII.GetBytes(parts[3])) is { } peeledType
                    ? new GitReference(parts[4], id, type, peeled, peeledType)
                    : new GitReference(parts[4], id, type, id, type));
            }
        }

        return references;
    }

    /// <summary>Tells whether a commit contains another. What is no commit contains nothing.</summary>
    public async Task<bool> IsAncestorAsync(GitId ancestor, GitId of, CancellationToken cancellationToken)
    {
        await using var run = Git.Start("merge-base", "--is-ancestor", ancestor.ToString(), of.ToString());
        await run.WriteInputAsync(default, cancellationToken);
        return await run.ExitCodeAsync(cancellationToken) == 0;
    }

    /// <summary>Lists commits reachable from some and not from others, parents first.</summary>
    public async Task<IReadOnlyList<GitId>> CommitsAsync(IEnumerable<GitId> from, IEnumerable<GitId> without, CancellationToken cancellationToken)
    {
        var input = string.Concat(from.Select(id => $"{id}\n").Concat(without.Select(id => $"^{id}\n")));
        var output = await Git.RunAsync(Encoding.ASCII.GetBytes(input), cancellationToken, "rev-list", "--topo-order", "--reverse", "--ignore-missing", "--stdin");
        var commits = new List<GitId>(output.Length / 41);
        for (var at = 0; at + 40 < output.Length; at += 41)
        {
            commits.Add(GitId.TryParse(output.AsSpan(at, 40), out var id) ? id : throw new GitRefusalException("git_failed", "'git rev-list' wrote something unexpected."));
        }

        return commits;
    }
}
