using System.Text;
using W0rktree.Core.Secrets;
using W0rktree.TestKit;

namespace W0rktree.Core.Tests.Secrets;

public sealed class SecretScannerTests
{
    private const string Token = "ghp_" + "abcdefghijklmnopqrstuvwxyz0123456789";

    [Fact]
    public void At_least_95_of_100_planted_secrets_are_found_under_their_rule()
    {
        var planted = Enumerable.Range(0, 20).SelectMany(seed => new PlantedSecrets(seed).EachKind()).ToList();
        Assert.True(planted.Select(secret => secret.Rule).Distinct().Count() >= 20);
        var missed = planted.Where(secret => !Scan(secret.Path, secret.Text).Any(finding => finding.Rule == secret.Rule && finding.Line == secret.Line)).ToList();
        Assert.True(missed.Count * 100 <= planted.Count * 5, $"{missed.Count} of {planted.Count} missed: {string.Join(", ", missed.CountBy(secret => $"{secret.Rule} {secret.Path}"))}");
    }

    [Fact]
    public void Every_kind_is_found_in_most_seeds()
    {
        foreach (var kind in Enumerable.Range(100, 10).SelectMany(seed => new PlantedSecrets(seed).EachKind()).GroupBy(secret => (secret.Rule, secret.Path)))
        {
            var found = kind.Count(secret => Scan(secret.Path, secret.Text).Any(finding => finding.Rule == secret.Rule));
            Assert.True(found >= 8, $"{kind.Key}: {found} of 10");
        }
    }

    [Fact]
    public void A_secret_is_found_in_text_of_16_bits_a_character()
    {
        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode })
        {
            var token = $"line\nTOKEN={Token}\n";
            var findings = SecretScanner.Scan("a.txt"u8, [.. encoding.GetPreamble(), .. encoding.GetBytes(token)]);
            Assert.Equal(("github-token", 2), (findings.Single().Rule, findings.Single().Line));
        }
    }

    [Fact]
    public void A_secret_is_found_on_the_border_of_two_windows()
    {
        var secret = Encoding.ASCII.GetBytes(Token);
        var content = new byte[SecretScanner.WindowBytes];
        content.AsSpan().Fill((byte)' ');
        secret.CopyTo(content.AsSpan(content.Length - SecretScanner.OverlapBytes + 100));
        Assert.Single(SecretScanner.Scan("a.txt"u8, content.AsSpan(content.Length - SecretScanner.OverlapBytes)));
    }

    [Theory]
    [InlineData("README.md", "Use https://user:password@example.org/ or postgres://postgres:postgres@localhost/db")]
    [InlineData("README.md", "Authorization: Bearer <your-token-here-please-replace>")]
    [InlineData(".env.example", "API_KEY=your-api-key-goes-here\nDB_PASSWORD=changeme\nSECRET=${SECRET}")]
    [InlineData("config.yaml", "password: ${DB_PASSWORD}\nsecretName: my-tls-secret-2024\ntoken_url: https://auth.example.org/oauth/token\nmax_tokens: 4096")]
    [InlineData("app.json", "{\"integrity\": \"sha512-3mCQ0w4hQ9ybYl0+oAzYUhWyRxMF0xKxAGTEpQ7q0sJ1Xq3v5l2m9Q==\", \"tokenType\": \"Bearer\"}")]
    [InlineData("src/a.cs", "var token = parser.NextToken(stream, Encoding.UTF8, 12345678);\nconst string passwordLabel = \"Please enter your password 1 2 3\";")]
    [InlineData("src/a.py", "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----")]
    [InlineData("go.sum", "golang.org/x/net v0.1.0 h1:hZ/3BUoy5aId7sCpA/Tc5lt8DkFgdVS2onTpJsZ/fl0=")]
    [InlineData("k8s.yaml", "  secretKeyRef:\n    name: shop\n    key: password")]
    public void What_only_looks_like_a_secret_is_left_alone(string path, string text) => Assert.Empty(Scan(path, text));

    [Fact]
    public void A_finding_stays_the_same_when_other_lines_change()
    {
        const string token = $"TOKEN={Token}\n";
        var before = Scan("a.txt", token).Single();
        var after = Scan("a.txt", $"one more line\n{token}and another\n").Single();
        Assert.Equal(before.Fingerprint, after.Fingerprint);
        Assert.Equal((1, 2), (before.Line, after.Line));
    }

    [Fact]
    public void No_secret_is_found_in_the_sources_of_this_project()
    {
        var files = Directory.EnumerateFiles(Repository.Root, "*", new EnumerationOptions { RecurseSubdirectories = true })
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !file.Split('/').Any(name => name is "bin" or "obj" or "artifacts" or ".git" or ".wt" or "node_modules"))
            .ToList();
        Assert.True(files.Count > 1000);
        var flagged = files.Where(file => Scan(file, File.ReadAllBytes(Path.Combine(Repository.Root, file))).Count > 0).ToList();
        Assert.True(flagged.Count * 1000 <= files.Count, string.Join(", ", flagged.Select(file => $"{file}: {string.Join(' ', Scan(file, File.ReadAllBytes(Path.Combine(Repository.Root, file))).Select(finding => $"{finding.Rule}:{finding.Line}"))}")));
    }

    [Fact]
    public void A_hostile_file_costs_what_its_size_costs()
    {
        // Keywords in a row, each of which begins a match that runs to the end: quadratic, if the reach were not bounded.
        var text = string.Concat(Enumerable.Repeat("glpat-xoxb-eyJ://", 60_000));
        Assert.True(Scan("a.env", text).Count <= SecretScanner.MaxFindings); // Quadratic, this would not end.
    }

    private static IReadOnlyList<SecretFinding> Scan(string path, string text) => Scan(path, Encoding.UTF8.GetBytes(text));

    private static IReadOnlyList<SecretFinding> Scan(string path, byte[] content) => SecretScanner.Scan(Encoding.UTF8.GetBytes(path), content);
}
