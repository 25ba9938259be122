using System.Text;
using W0rktree.Core.Ignore;
using W0rktree.Core.Tests.TextDiff;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.Ignore;

/// <summary>Holds the matcher against <c>git check-ignore</c> itself, and against what it answered once.</summary>
public sealed class GitCheckIgnoreTests
{
    private const string Recorded = "tests/Core.Tests/Ignore/check-ignore.tsv";
    private const int RecordedSeed = 20;
    private const int RecordedRounds = 12;

    private static readonly IgnoreOptions AsGit = new(SoftDefaults: false);

    [GitFact]
    public void Every_generated_path_gets_the_rule_that_git_gives()
    {
        var seed = Seed.OfThisRun;
        var generator = new IgnoreCases(seed);
        var compared = 0;
        for (var round = 0; round < 60; round++)
        {
            var made = generator.Next();
            using var git = Materialise(made);
            var answers = Ask(git, [.. made.Directories, .. made.Files]);
            var rules = RulesOf(made);
            foreach (var (path, expected) in answers)
            {
                var verdict = rules.Match(path, made.Directories.Contains(path));
                Assert.True(
                    expected == (verdict.Rule?.ToString() ?? ""),
                    $"seed {seed}, round {round}: '{path}' is decided by '{verdict.Rule}', git says '{expected}'\n{Show(made)}");
                Assert.Equal(verdict.Rule is { IsNegated: false }, verdict.IsIgnored);
                compared++;
            }
        }

        Assert.True(compared > 2000, $"seed {seed}: only {compared} paths were compared");
    }

    [Fact]
    public void Recorded_answers_of_git_hold()
    {
        var generator = new IgnoreCases(RecordedSeed);
        var recorded = File.ReadAllLines(Path.Combine(Repository.Root, Recorded));
        var compared = 0;
        for (var round = 0; round < RecordedRounds; round++)
        {
            var made = generator.Next();
            var rules = RulesOf(made);
            foreach (var path in (string[])[.. made.Directories, .. made.Files])
            {
                var actual = $"{round}\t{path}\t{rules.Match(path, made.Directories.Contains(path)).Rule}";
                Assert.Equal(recorded[compared++], actual);
            }
        }

        Assert.Equal(recorded.Length, compared);
    }

    [GitFact]
    public void The_recording_is_what_git_answers_today()
    {
        var generator = new IgnoreCases(RecordedSeed);
        var lines = new List<string>();
        for (var round = 0; round < RecordedRounds; round++)
        {
            var made = generator.Next();
            using var git = Materialise(made);
            lines.AddRange(Ask(git, [.. made.Directories, .. made.Files]).Select(answer => $"{round}\t{answer.Path}\t{answer.Rule}"));
        }

        var today = string.Concat(lines.Select(line => line + "\n"));
        Assert.Equal(Golden.Expect(Recorded, today), today);
    }

    private static GitOracle Materialise(IgnoreCase made)
    {
        var git = GitOracle.WithRepository();
        foreach (var directory in made.Directories)
        {
            Directory.CreateDirectory(git.PathOf(directory));
        }

        foreach (var file in made.Files)
        {
            git.Write(file, []);
        }

        foreach (var (directory, text) in made.IgnoreFiles)
        {
            git.Write(Path.Combine(directory, ".gitignore"), Encoding.UTF8.GetBytes(text));
        }

        return git;
    }

    private static List<(string Path, string Rule)> Ask(GitOracle git, string[] paths)
    {
        var input = Encoding.UTF8.GetBytes(string.Concat(paths.Select(path => path + "\0")));
        var fields = git.Run(input, "check-ignore", "-v", "-n", "--no-index", "-z", "--stdin").Text.Split('\0');
        var answers = new List<(string, string)>();
        for (var i = 0; i + 3 < fields.Length; i += 4)
        {
            answers.Add((fields[i + 3], fields[i].Length == 0 ? "" : $"{fields[i]}:{fields[i + 1]}:{fields[i + 2]}"));
        }

        Assert.Equal(paths.Length, answers.Count);
        return answers;
    }

    private static IgnoreRules RulesOf(IgnoreCase made) => IgnoreRules.Create(
        AsGit,
        made.IgnoreFiles.Select(file =>
        {
            var source = file.Key.Length == 0 ? ".gitignore" : file.Key + "/.gitignore";
            return KeyValuePair.Create(file.Key, new IgnoreFiles(Git: IgnoreFile.Parse(source, Encoding.UTF8.GetBytes(file.Value))));
        }));

    private static string Show(IgnoreCase made) =>
        string.Join('\n', made.IgnoreFiles.Select(file => $"--- {file.Key}/.gitignore\n{file.Value}"));
}
