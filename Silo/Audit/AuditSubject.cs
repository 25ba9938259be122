using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Protocol.Grpc;

namespace W0rktree.Silo.Audit;

/// <summary>Says what a request at the front is about, as its caller named it.</summary>
/// <param name="Action">What is asked for: <c>sync.push</c>.</param>
internal sealed record AuditSubject(string Action)
{
    // Names and ids, in the order in which a record tells them. Everything else, texts and secrets, is left out.
    private static readonly string[] Told =
    [
        "owner", "name", "branch", "account", "role", "slug", "slug_or_email", "id", "level", "copy_id", "snapshot", "base", "expected_head", "new_head", "tip", "request_id",
    ];

    /// <summary>Gets the tenant that is named by id; null for none.</summary>
    public TenantId? Tenant { get; init; }

    /// <summary>Gets the tenant that is named by its slug; empty for none.</summary>
    public string Slug { get; init; } = "";

    /// <summary>Gets the resource as a record names it.</summary>
    public string Resource { get; init; } = "";

    /// <summary>Gets what else the request named.</summary>
    public string Details { get; init; } = "";

    /// <summary>Describes a gRPC call by its method and, where there is one, its message.</summary>
    public static AuditSubject Of(string method, IMessage? request)
    {
        var service = method.LastIndexOf('.');
        var subject = new AuditSubject(Kebab(method[(service + 1)..].Replace('/', '.')));
        return request is null ? subject : subject.About(request);
    }

    /// <summary>Takes what a message names.</summary>
    public AuditSubject About(IMessage request)
    {
        var type = request.Descriptor;
        var subject = this;
        if (type.FindFieldByName("tree") is { } field && field.Accessor.GetValue(request) is TreeRef tree
            && TenantId.TryParse(tree.TenantId, out var tenant) && WorktreeId.TryParse(tree.WorktreeId, out var worktree) && TreeId.TryParse(tree.TreeId, out var id))
        {
            subject = subject with { Tenant = tenant, Resource = GrainKeys.Describe(GrainKeys.Tree(new TreeAddress(tenant, worktree, id))) };
        }
        else if ((type.FindFieldByName("tenant") ?? type.FindFieldByName("owner")) is { FieldType: FieldType.String } named)
        {
            var slug = (string)named.Accessor.GetValue(request);
            subject = subject with { Slug = slug, Resource = $"tenant/{slug}" };
        }

        var details = new StringBuilder();
        foreach (var name in Told)
        {
            if (type.FindFieldByName(name) is { IsRepeated: false } told && Text(told.Accessor.GetValue(request)) is { Length: > 0 } text)
            {
                details.Append(details.Length > 0 ? " " : "").Append(name).Append('=').Append(text);
            }
        }

        return subject with { Details = details.ToString() };
    }

    private static string Text(object? value) => value switch
    {
        string text => text.Length <= 128 ? text : text[..128] + "…",
        ByteString bytes => bytes.Length <= 32 ? Convert.ToHexStringLower(bytes.Span) : "",
        _ => "",
    };

    private static string Kebab(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            text.Append(char.IsUpper(c) && text.Length > 0 && text[^1] != '.' ? "-" : "").Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
