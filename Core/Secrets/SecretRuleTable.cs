namespace W0rktree.Core.Secrets;

/// <summary>The kinds of secrets that are known by how they look. docs/reference/secrets.md shows the table, and a test holds the two together.</summary>
internal static class SecretRuleTable
{
    /// <summary>The secret ends here: a longer word is something else.</summary>
    private const string End = "(?![A-Za-z0-9_])";

    public static IReadOnlyList<SecretRule> Rows { get; } =
    [
        new("private-key", "private key in PEM form", ["-----BEGIN "], "-----BEGIN (?:RSA |EC |DSA |ENCRYPTED |ANY )?PRIVATE KEY-----") { InsideWords = true, Check = SecretChecks.HasKeyBody },
        new("openssh-private-key", "private key of OpenSSH", ["-----BEGIN "], "-----BEGIN OPENSSH PRIVATE KEY-----") { InsideWords = true, Check = SecretChecks.HasKeyBody },
        new("pgp-private-key", "private key of PGP", ["-----BEGIN "], "-----BEGIN PGP PRIVATE KEY BLOCK-----") { InsideWords = true, Check = SecretChecks.HasKeyBody },
        new("ssh2-private-key", "private key of SSH2", ["---- BEGIN SSH2 "], "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----") { InsideWords = true, Check = SecretChecks.HasKeyBody },
        new("putty-private-key", "private key of PuTTY", ["PuTTY-User-Key-File-"], "PuTTY-User-Key-File-[23]: ") { Check = SecretChecks.HasPrivateLines },
        new("base64-private-key", "private key, its PEM in base64", ["LS0tLS1CRUdJTi"], "LS0tLS1CRUdJTi[A-Za-z0-9+/]{0,40}?(?:UFJJVkFURSBLRV|BSSVZBVEUgS0VZ|QUklWQVRFIEtFW)[A-Za-z0-9+/=]{40,400}"),
        new("age-secret-key", "secret key of age", ["AGE-SECRET-KEY-1"], "AGE-SECRET-KEY-1[02-9AC-HJ-NP-Z]{58}"),

        new("aws-access-key", "access key of AWS", ["AKIA", "ASIA", "ABIA", "ACCA"], $"A[KSBC][IC]A[A-Z2-7]{{16}}{End}") { Check = SecretChecks.IsVaried },
        new("aws-secret-key", "secret access key of AWS", ["aws_secret", "aws-secret", "awssecret", "secretaccesskey", "secret_access_key", "secret-access-key", "secret_key", "secretkey"], """(?:aws)?[_-]?secret[_-]?(?:access)?[_-]?key["']?\s*(?:=>|:=|[:=,])\s*["'`]?[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=])""") { AnyCase = true, InsideWords = true, Check = SecretChecks.IsRandomValue },
        new("google-api-key", "API key of Google", ["AIza"], "AIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])"),
        new("google-oauth-secret", "OAuth client secret of Google", ["GOCSPX-"], "GOCSPX-[0-9A-Za-z_-]{28}"),
        new("google-oauth-token", "OAuth token of Google", ["ya29."], "ya29\\.[0-9A-Za-z_-]{30,}"),
        new("gcp-service-account", "service account of Google Cloud", ["\"private_key_id\""], "\"private_key_id\"\\s*:\\s*\"[0-9a-f]{40}\""),
        new("azure-storage-key", "account key of Azure", ["AccountKey=", "SharedAccessKey="], "(?:AccountKey|SharedAccessKey)=(?:[A-Za-z0-9+/]{86}==|[A-Za-z0-9+/]{43}=)") { InsideWords = true },
        new("azure-client-secret", "client secret of Azure", ["0Q~", "1Q~", "2Q~", "3Q~", "4Q~", "5Q~", "6Q~", "7Q~", "8Q~", "9Q~"], "[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}(?![A-Za-z0-9_~.-])") { Back = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~.-" },
        new("azure-sas", "shared access signature of Azure", ["&sig=", "?sig="], "[&?]sig=[A-Za-z0-9%/+]{42,60}(?:=|%3D)") { InsideWords = true },

        new("github-token", "token of GitHub", ["ghp_", "gho_", "ghu_", "ghs_", "ghr_"], $"gh[pousr]_[A-Za-z0-9]{{36,255}}{End}"),
        new("github-fine-grained-token", "fine-grained token of GitHub", ["github_pat_"], "github_pat_[0-9A-Za-z_]{60,}"),
        new("gitlab-token", "token of GitLab", ["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-", "glsoat-", "glft-", "glagent-", "GR1348941"], "(?:gl(?:pat|dt|rt|ptt|cbt|soat|ft|agent)-|GR1348941)[0-9A-Za-z_.-]{20,}"),
        new("bitbucket-token", "token of Bitbucket or Atlassian", ["ATATT3", "ATCTT3", "ATBB"], "(?:AT[AC]TT3[0-9A-Za-z_=-]{60,}|ATBB[0-9A-Za-z]{32})"),
        new("slack-token", "token of Slack", ["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxo-", "xoxe.xox", "xapp-"], "(?:xox[abeoprs]-|xoxe\\.xox[bp]-|xapp-)[0-9A-Za-z-]{20,}"),
        new("slack-webhook", "webhook of Slack", ["hooks.slack.com/"], "hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Z0-9]{6,}/[A-Z0-9]{6,}/[0-9A-Za-z]{16,}") { InsideWords = true },
        new("discord-webhook", "webhook of Discord", ["/api/webhooks/"], "/api/webhooks/[0-9]{15,20}/[0-9A-Za-z_-]{60,}") { InsideWords = true },
        new("teams-webhook", "webhook of Microsoft Teams", ["webhook.office.com/"], "webhook\\.office\\.com/webhookb2/[0-9a-f-]{36}@[0-9a-f-]{36}/IncomingWebhook/[0-9a-f]{32}") { InsideWords = true },
        new("stripe-key", "key of Stripe", ["sk_live_", "rk_live_", "sk_test_", "rk_test_"], $"[sr]k_(?:live|test)_[0-9A-Za-z]{{16,247}}{End}"),
        new("stripe-webhook-secret", "webhook secret of Stripe", ["whsec_"], "whsec_[0-9A-Za-z+/=]{32,}"),
        new("npm-token", "token of npm", ["npm_"], $"npm_[0-9A-Za-z]{{36}}{End}"),
        new("npm-auth", "login in an npm configuration", ["_authToken=", "_auth="], "_auth(?:Token)?=[0-9A-Za-z+/=_-]{16,}") { InsideWords = true, Check = static (text, match) => IsUsed(text[match]) && (match.Start.Value == 0 || text[match.Start.Value - 1] is ':' or '\n') },
        new("pypi-token", "token of PyPI", ["pypi-AgE"], "pypi-AgE[0-9A-Za-z_-]{50,}"),
        new("rubygems-key", "key of RubyGems", ["rubygems_"], $"rubygems_[0-9a-f]{{48}}{End}"),
        new("nuget-key", "key of NuGet", ["oy2"], $"oy2[a-p][a-z0-9]{{42}}{End}"),
        new("crates-token", "token of crates.io", ["cio"], $"cio[0-9A-Za-z]{{32}}{End}") { Check = static (text, match) => Entropy.LooksRandom(text[match].TrimEnd("\"' \n\r;,"), 35, 3.8) },
        new("docker-token", "token of Docker Hub", ["dckr_pat_", "dckr_oat_"], "dckr_[po]at_[0-9A-Za-z_-]{27,}"),

        new("sendgrid-key", "key of SendGrid", ["SG."], "SG\\.[0-9A-Za-z_-]{16,32}\\.[0-9A-Za-z_-]{32,64}"),
        new("mailgun-key", "key of Mailgun", ["key-"], $"key-[0-9a-f]{{32}}{End}"),
        new("mailchimp-key", "key of Mailchimp", ["-us"], $"[0-9a-f]{{32}}-us[0-9]{{1,2}}{End}") { Back = "0123456789abcdef" },
        new("twilio-key", "key of Twilio", [.. "0123456789abcdef".Select(digit => $"SK{digit}")], $"SK[0-9a-f]{{32}}{End}"),
        new("twilio-auth-token", "auth token of Twilio", ["twilio_auth", "twilioauth", "twilio-auth"], """twilio[_-]?auth[_-]?token["']?\s*(?:=>|[:=,])\s*["'`]?[0-9a-f]{32}(?![0-9a-f])""") { AnyCase = true, InsideWords = true },
        new("telegram-token", "bot token of Telegram", [":AA"], "[0-9]{8,10}:AA[0-9A-Za-z_-]{32,33}(?![0-9A-Za-z_-])") { Back = "0123456789" },
        new("discord-token", "bot token of Discord", ["discord_token", "discord_bot_token", "discordtoken", "bot_token", "bottoken"], """(?:discord_?)?(?:bot_?)?token["']?\s*(?:=>|[:=,])\s*["'`]?[MNO][0-9A-Za-z_-]{23,27}\.[0-9A-Za-z_-]{6}\.[0-9A-Za-z_-]{27,40}""") { AnyCase = true, InsideWords = true },
        new("facebook-token", "access token of Facebook", ["EAAC", "EAAB", "EAAG", "EAAM"], $"EAA[BCGM][0-9A-Za-z]{{80,}}{End}"),

        new("openai-key", "key of OpenAI", ["sk-proj-", "sk-svcacct-", "sk-admin-", "T3BlbkFJ"], "sk-(?:proj-|svcacct-|admin-)?[0-9A-Za-z_-]{20,80}T3BlbkFJ[0-9A-Za-z_-]{20,80}|sk-(?:proj|svcacct|admin)-[0-9A-Za-z_-]{40,}") { Back = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-" },
        new("anthropic-key", "key of Anthropic", ["sk-ant-"], "sk-ant-[0-9A-Za-z_-]{40,}"),
        new("huggingface-token", "token of Hugging Face", ["hf_"], $"hf_[A-Za-z0-9]{{34,40}}{End}") { Check = static (text, match) => Entropy.Bits(text[match]) >= 4 },
        new("replicate-token", "token of Replicate", ["r8_"], $"r8_[0-9A-Za-z]{{37}}{End}"),
        new("databricks-token", "token of Databricks", ["dapi"], $"dapi[0-9a-f]{{32}}(?:-[0-9])?{End}"),
        new("digitalocean-token", "token of DigitalOcean", ["dop_v1_", "doo_v1_", "dor_v1_"], $"do[opr]_v1_[0-9a-f]{{64}}{End}"),
        new("cloudflare-key", "origin key of Cloudflare", ["v1.0-"], $"v1\\.0-[0-9a-f]{{24}}-[0-9a-f]{{146}}{End}"),
        new("heroku-key", "key of Heroku", ["HRKU-"], "HRKU-[0-9A-Za-z_-]{36,}"),
        new("flyio-token", "token of Fly.io", ["FlyV1 ", "fo1_"], "(?:FlyV1 fm[12][a-z]?_[0-9A-Za-z+/=,_-]{60,}|fo1_[0-9A-Za-z_-]{43})"),
        new("vault-token", "token of Vault", ["hvs.", "hvb.", "hvr."], "hv[sbr]\\.[0-9A-Za-z_-]{24,}"),
        new("terraform-token", "token of Terraform Cloud", [".atlasv1."], "[0-9A-Za-z]{14}\\.atlasv1\\.[0-9A-Za-z_=-]{60,70}") { Back = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" },
        new("pulumi-token", "token of Pulumi", ["pul-"], $"pul-[0-9a-f]{{40}}{End}"),
        new("doppler-token", "token of Doppler", ["dp.pt.", "dp.st.", "dp.ct.", "dp.sa."], "dp\\.(?:pt|st|ct|sa)\\.(?:[a-z0-9_-]{2,35}\\.)?[0-9A-Za-z]{40,44}"),
        new("planetscale-token", "password or token of PlanetScale", ["pscale_"], "pscale_(?:tkn|pw|oauth)_[0-9A-Za-z_.=-]{32,}"),
        new("grafana-token", "token of Grafana", ["glsa_", "glc_", "eyJrIjoi"], "(?:glsa_[0-9A-Za-z]{32}_[0-9a-fA-F]{8}|glc_[0-9A-Za-z+/=]{32,}|eyJrIjoi[0-9A-Za-z+/=]{60,})"),
        new("newrelic-key", "key of New Relic", ["NRAK-", "NRJS-", "NRII-"], "NR(?:AK-[0-9A-Z]{27}|JS-[0-9a-f]{19}|II-[0-9A-Za-z-]{32})"),
        new("sentry-token", "token of Sentry", ["sntrys_", "sntryu_"], "sntry(?:s_[0-9A-Za-z+/=_-]{60,}|u_[0-9a-f]{64})"),
        new("datadog-key", "key of Datadog", ["dd_api_key", "dd_app_key", "datadog_api_key", "datadog_app_key"], """(?:dd|datadog)_a(?:pi|pp)_key["']?\s*(?:=>|[:=,])\s*["'`]?[0-9a-f]{32,40}(?![0-9a-f])""") { AnyCase = true, InsideWords = true },
        new("shopify-token", "token of Shopify", ["shpat_", "shpca_", "shppa_", "shpss_"], $"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{{32}}{End}"),
        new("square-token", "token of Square", ["sq0atp-", "sq0csp-", "sq0idp-"], "sq0(?:atp|csp|idp)-[0-9A-Za-z_-]{22,43}"),
        new("paypal-token", "access token of Braintree", ["access_token$production$"], "access_token\\$production\\$[0-9a-z]{16}\\$[0-9a-f]{32}"),
        new("linear-key", "key of Linear", ["lin_api_", "lin_oauth_"], "lin_(?:api|oauth)_[0-9A-Za-z]{40,64}"),
        new("notion-token", "token of Notion", ["ntn_", "secret_"], $"(?:ntn_[0-9A-Za-z]{{43,50}}|secret_[0-9A-Za-z]{{43}}){End}") { Check = static (text, match) => Entropy.Bits(text[match]) >= 4.2 },
        new("figma-token", "token of Figma", ["figd_"], "figd_[0-9A-Za-z_-]{38,}"),
        new("dropbox-token", "token of Dropbox", ["sl.B", "sl.u."], "sl\\.(?:B|u\\.)[0-9A-Za-z_-]{100,}"),
        new("postman-key", "key of Postman", ["PMAK-"], "PMAK-[0-9a-f]{24}-[0-9a-f]{34}"),
        new("w0rktree-token", "token of W0rktree", ["wtp_"], "wtp_[0-9A-Za-z_-]{32,}"),

        new("web-token", "JSON web token", ["eyJ"], "eyJ[0-9A-Za-z_-]{10,}\\.eyJ[0-9A-Za-z_-]{10,}\\.[0-9A-Za-z_-]{20,}") { Check = SecretChecks.IsWebToken },
        new("url-password", "password in an address", ["://"], "[A-Za-z][A-Za-z0-9+.-]{1,20}://[^\\s/:@\"'<>`\\\\(){}\\[\\]?#,]{1,64}:[^\\s/:@\"'<>`\\\\{}\\[\\]]{6,128}@[A-Za-z0-9.\\[_-]{2,}") { Back = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+.-", Check = SecretChecks.IsAddressWithPassword },
        new("basic-login", "name and password of a login header", ["authorization"], """authorization["']?\s*[:=,]\s*["'`]?basic\s+[A-Za-z0-9+/]{16,}={0,2}""") { AnyCase = true, InsideWords = true, Check = SecretChecks.IsBasicLogin },
        new("bearer-token", "token of a login header", ["authorization"], """authorization["']?\s*[:=,]\s*["'`]?(?:bearer|token)\s+[A-Za-z0-9._~+/-]{20,}=*""") { AnyCase = true, InsideWords = true, Check = SecretChecks.IsRandomValue },
        new("netrc-password", "password of a netrc file", ["machine "], "machine\\s+[^\\s\"'<>]+\\s+login\\s+[^\\s\"'<>]+\\s+password\\s+[^\\s\"'<>]{6,}") { Check = static (text, match) => IsUsed(text[match]) },
        new("password-hash", "hash of a password in a user database", [":$2y$", ":$2a$", ":$2b$", ":$apr1$", ":$6$", ":$5$", ":$1$", ":$y$"], ":\\$(?:2[aby]\\$[0-9]{2}\\$[./0-9A-Za-z]{53}|apr1\\$[./0-9A-Za-z]{1,8}\\$[./0-9A-Za-z]{22}|[156y]\\$[^\\s:]{20,140})") { InsideWords = true },
    ];

    /// <summary>Tells a password from the word in its place.</summary>
    private static bool IsUsed(ReadOnlySpan<char> match)
    {
        var value = match[(match.LastIndexOfAny("= \t\n") + 1)..];
        return !SecretChecks.IsPlaceholder(value) && Entropy.Bits(value) >= 2.75;
    }
}
