using System.Diagnostics;
using System.Globalization;
using System.Text;
using W0rktree.Grains.Access.Policies;

// Measures decisions a second on one core for a policy of 200 rules: subjects, scopes and conditions of every kind, asked by
// principals of whom each is meant by some of them. usage: dotnet run -c Release --project bench/AccessDecisions [SECONDS]
var seconds = args.Length > 0 ? double.Parse(args[0], CultureInfo.InvariantCulture) : 5;
string[] subjects = ["account = \"a{0}\"", "team = \"t{0}\"", "role = \"r{0}\"", "tenant = \"x{0}\"", "all_authenticated = true"];
string[] scopes = ["\"worktree\"", "{{ branch = \"release/{0}*\" }}", "{{ path = \"src/d{0}/\" }}", "{{ tree = \"services/s{0}\" }}"];
var text = new StringBuilder();
for (var i = 0; i < 200; i++)
{
    text.AppendLine(CultureInfo.InvariantCulture, $"[[policy]]\nname = \"rule {i}\"\neffect = \"{(i % 3 == 0 ? "allow" : "deny")}\"");
    text.AppendLine(CultureInfo.InvariantCulture, $"subjects = [{{ {string.Format(CultureInfo.InvariantCulture, subjects[i % 5], i % 10)} }}]");
    text.AppendLine(CultureInfo.InvariantCulture, $"scope = {(i % 5 == 4 ? "{ path = \"never/\" }" : string.Format(CultureInfo.InvariantCulture, scopes[i % 4], i % 20))}");
    text.AppendLine(i % 2 == 0 ? "permissions = [\"tree:read\", \"tree:write\", \"sync:push\"]" : "permissions = [\"*\"]");
    if (i % 4 == 1)
    {
        text.AppendLine("conditions = [{ attribute = \"time.day\", operator = \"In\", value = \"Saturday,Sunday\" }, { attribute = \"time.hour\", operator = \"GreaterThan\", value = \"18\" }]");
    }
}

var sources = new PolicySources { Root = new PolicyTexts(null, text.ToString(), "[team.t1]\nrole = \"developer\"\npaths = [\"src/\"]\n[team.t2]\nrole = \"viewer\"") };
var policies = ((Compilation.Valid)CompiledPolicies.Compile(sources)).Policies;
string[] permissions = ["tree:read", "tree:write", "sync:push", "branch:read"];
var questions = Enumerable.Range(0, 1_000).Select(i => new AccessQuestion(
    new Principal { Account = $"a{i % 12}", Tenant = "acme", Teams = [$"t{i % 7}", $"t{i % 11}"], Roles = i % 3 == 0 ? ["viewer"] : ["developer"] },
    permissions[i % 4],
    new AccessResource { Tenant = "acme", Tree = i % 2 == 0 ? "" : $"services/s{i % 25}", Branch = $"release/{i % 30}", Path = i % 4 < 2 ? $"src/d{i % 22}/file.cs" : null },
    new AccessEnvironment(new DateTimeOffset(2026, 11, 19 + (i % 4), i % 24, 0, 0, TimeSpan.Zero), "10.0.0.1"))).ToArray();

for (var round = 0; round < 4; round++)
{
    var (count, allowed, clock) = (0L, 0L, Stopwatch.StartNew());
    while (clock.Elapsed.TotalSeconds < (round == 0 ? 1 : seconds / 3))
    {
        foreach (var question in questions)
        {
            allowed += PolicyDecision.Decide(policies, question).IsAllowed ? 1 : 0;
        }

        count += questions.Length;
    }

    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(round == 0 ? "warm-up" : "measured")}: {count / clock.Elapsed.TotalSeconds:N0} decisions a second, {100.0 * allowed / count:N0} % allowed"));
}
