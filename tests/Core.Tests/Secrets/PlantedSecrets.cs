using System.Globalization;
using System.Text;

namespace W0rktree.Core.Tests.Secrets;

/// <summary>A secret made for a test, in the file where people leave such things.</summary>
internal sealed record Planted(string Rule, string Path, string Text, int Line);

/// <summary>
/// Makes secrets of every kind from a seed. They are made at run time, so that no tool that looks through this repository finds
/// one in it. The forms come from the issuers' documentation, not from the rules.
/// </summary>
internal sealed class PlantedSecrets(int seed)
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";
    private const string Hex = "0123456789abcdef";
    private const string Word = Upper + Lower + Digits;
    private const string Url64 = Word + "-_";
    private const string Base64 = Word + "+/";

    private readonly Random _random = new(seed);

    /// <summary>Makes one secret of each kind.</summary>
    public IReadOnlyList<Planted> EachKind() =>
    [
        Key("private-key", "deploy/id_rsa", "RSA PRIVATE KEY", 1600),
        Key("private-key", "tls/server.key", "PRIVATE KEY", 1600),
        Key("private-key", "tls/ec.pem", "EC PRIVATE KEY", 160),
        Escaped("private-key", "src/Keys.java"),
        Key("openssh-private-key", "home/.ssh/id_ed25519", "OPENSSH PRIVATE KEY", 360),
        Key("pgp-private-key", "release/signing.asc", "PGP PRIVATE KEY BLOCK", 900),
        new("putty-private-key", "keys/login.ppk", $"PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nComment: x\nPublic-Lines: 1\n{From(Base64, 64)}\nPrivate-Lines: 1\n{From(Base64, 64)}\n", 1),
        In("aws-access-key", "config/settings.py", "KEY_ID = \"{0}\"", "AKIA" + From(Upper + "234567", 16)),
        In("aws-secret-key", "infra/credentials", "aws_secret_access_key = {0}", From(Base64, 40)),
        In("google-api-key", "web/maps.js", "const key = '{0}';", "AIza" + From(Url64, 35)),
        In("gcp-service-account", "gcp/account.json", "  \"private_key_id\": \"{0}\",", From(Hex, 40)),
        In("azure-storage-key", "app/web.config", "<add value=\"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={0};EndpointSuffix=core.windows.net\" />", From(Base64, 86) + "=="),
        In("github-token", "ci/release.sh", "export GH_TOKEN={0}", "ghp_" + From(Word, 36)),
        In("github-fine-grained-token", "notes.md", "my token: {0}", "github_pat_" + From(Word, 22) + "_" + From(Word, 59)),
        In("gitlab-token", ".gitlab-ci.yml", "  TOKEN: {0}", "glpat-" + From(Url64, 20)),
        In("slack-token", "bot/main.go", "token := \"{0}\"", $"xoxb-{From(Digits, 12)}-{From(Digits, 12)}-{From(Word, 24)}"),
        In("slack-webhook", "alerts.yml", "url: https://hooks.slack.com/services/{0}", $"T{From(Upper + Digits, 8)}/B{From(Upper + Digits, 10)}/{From(Word, 24)}"),
        In("stripe-key", "billing/config.rb", "Stripe.api_key = '{0}'", "sk_live_" + From(Word, 24)),
        In("npm-token", "publish.sh", "export NODE_AUTH_TOKEN={0}", "npm_" + From(Word, 36)),
        In("npm-auth", ".npmrc", "//registry.npmjs.org/:_authToken={0}", "npm_" + From(Word, 36)),
        In("pypi-token", ".pypirc", "password = {0}", "pypi-AgEIcHlwaS5vcmc" + From(Url64, 150)),
        In("sendgrid-key", "mail/send.py", "sg = Client('{0}')", $"SG.{From(Url64, 22)}.{From(Url64, 43)}"),
        In("twilio-key", "sms/app.js", "const sid = \"{0}\";", "SK" + From(Hex, 32)),
        In("telegram-token", "bot/telegram.py", "updater = Updater(\"{0}\")", $"{From(Digits[1..], 10)}:AA{From(Url64, 33)}"),
        In("web-token", "tests/session.http", "Cookie: session={0}", Jwt()),
        In("url-password", "docker-compose.yml", "      DATABASE: postgres://shop:{0}@db.internal:5432/shop", From(Word, 14) + "7q"),
        In("config-secret", ".env", "DB_PASSWORD={0}", From(Word, 20) + "4x"),
        In("config-secret", "src/main/resources/application.properties", "spring.datasource.password={0}", From(Word, 14) + "R8#k"),
        In("config-secret", "config/app.yaml", "  client_secret: \"{0}\"", From(Base64, 42) + "7="),
        In("digitalocean-token", "terraform.tfvars", "do_token = \"{0}\"", "dop_v1_" + From(Hex, 64)),
        In("anthropic-key", "llm.py", "client = Client(api_key=\"{0}\")", "sk-ant-api03-" + From(Url64, 93) + "AA"),
        In("huggingface-token", "train.ipynb", "    \"login(token='{0}')\\n\",", "hf_" + From(Upper + Lower, 34)),
        In("shopify-token", "shop.ts", "const t = '{0}'", "shpat_" + From(Hex, 32)),
        In("vault-token", "deploy.sh", "VAULT_TOKEN={0}", "hvs." + From(Url64, 90)),
        In("mailgun-key", "mail.rb", "Mailgun::Client.new '{0}'", "key-" + From(Hex, 32)),
        In("age-secret-key", "age.txt", "{0}", "AGE-SECRET-KEY-1" + From("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)),
    ];

    private string From(string characters, int length)
    {
        var text = new StringBuilder(length);
        for (var i = 0; i < length; i++)
        {
            text.Append(characters[_random.Next(characters.Length)]);
        }

        return text.ToString();
    }

    private Planted In(string rule, string path, string line, string secret)
    {
        var before = _random.Next(20);
        var text = string.Concat(Enumerable.Range(0, before).Select(i => $"line {i}\n")) + string.Format(CultureInfo.InvariantCulture, line.Replace("{0}", "\u0001", StringComparison.Ordinal).Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal).Replace("\u0001", "{0}", StringComparison.Ordinal), secret) + "\nafter\n";
        return new Planted(rule, path, text, before + 1);
    }

    private Planted Key(string rule, string path, string label, int length)
    {
        var body = string.Join('\n', From(Base64, length).Chunk(64).Select(line => new string(line)));
        return new Planted(rule, path, $"-----BEGIN {label}-----\n{(label.StartsWith("PGP", StringComparison.Ordinal) ? "\n" : "")}{body}\n-----END {label}-----\n", 1);
    }

    private Planted Escaped(string rule, string path)
    {
        var body = string.Join("\\n\" +\n    \"", From(Base64, 640).Chunk(64).Select(line => new string(line)));
        return new Planted(rule, path, $"class Keys {{\n  String key = \"-----BEGIN PRIVATE KEY-----\\n\" +\n    \"{body}\\n-----END PRIVATE KEY-----\";\n}}\n", 2);
    }

    private string Jwt()
    {
        static string Encode(string json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        return $"{Encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}")}.{Encode($"{{\"sub\":\"{From(Word, 12)}\",\"exp\":1900000000}}")}.{From(Url64, 43)}";
    }
}
