using System.Diagnostics;
using System.Globalization;
using System.Text;
using W0rktree.Core.Ignore;

// Decides about 100,000 paths against 500 rules, as a scan does: directory by directory. usage: IgnoreRules [ROUNDS]
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 21;
var random = new Random(1);
string[] words = ["src", "lib", "core", "test", "build", "out", "data", "view", "model", "util", "net", "store", "index", "main", "page", "item"];
string[] extensions = [".cs", ".js", ".o", ".txt", ".md", ".json", ".tmp", ".log", ".c", ".h"];

string Word() => words[random.Next(words.Length)];

// As people write them: literal names, extensions, folders, anchored paths, globs, some negated.
var rules = Enumerable.Range(0, 500).Select(number => (number % 10) switch
{
    0 or 1 => $"{Word()}{number}",
    2 or 3 => $"*.x{number}",
    4 => $"{Word()}{number}/",
    5 => $"/{Word()}/{Word()}{number}",
    6 => $"{Word()}/**/{Word()}{number}",
    7 => $"{Word()}*{number}.log",
    8 => $"*{number}~{Word()}",
    _ => $"!{Word()}{number}.keep",
});
var file = IgnoreFile.Parse(".gitignore", Encoding.UTF8.GetBytes(string.Join('\n', rules)));
var set = IgnoreRules.Create(IgnoreOptions.Default, [KeyValuePair.Create("", new IgnoreFiles(Git: file))]);
var folders = Enumerable.Range(0, 2000).Select(number => $"{Word()}/{Word()}{number % 50}/{Word()}{number}").ToArray();
var names = folders.ToDictionary(folder => folder, _ => Enumerable.Range(0, 50).Select(number => Encoding.UTF8.GetBytes($"{Word()}{random.Next(1000)}{extensions[random.Next(extensions.Length)]}")).ToArray());

var times = new List<double>();
var ignored = 0;
for (var round = 0; round < rounds; round++)
{
    ignored = 0;
    var began = Stopwatch.GetTimestamp();
    foreach (var folder in folders)
    {
        var scope = set.ScopeOf(Encoding.UTF8.GetBytes(folder));
        foreach (var name in names[folder])
        {
            ignored += scope.Match(name, isDirectory: false).IsIgnored ? 1 : 0;
        }
    }

    times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
}

times.Sort();
Console.WriteLine($"100,000 paths, {file.Rules.Count} rules, {ignored} ignored, {rounds} rounds: median {times[rounds / 2]:0.0} ms, least {times[0]:0.0} ms, first {times[^1]:0.0} ms at most");
