using System.Globalization;
using System.Reflection;
using System.Text;
using W0rktree.Grains.Abstractions.Audit;
using W0rktree.Grains.Access;

namespace W0rktree.Grains.Audit;

/// <summary>Drafts what the audit would say of a grain call, should it change something.</summary>
internal static class DraftRules
{
    // Text is left out unless its name says that it is no secret.
    private static readonly HashSet<string> OpenTexts = new(StringComparer.Ordinal) { "tokenId", "invitationId", "slug", "name", "team", "branch" };

    /// <summary>Drafts a call; a call that the server makes for a request carries that request's draft on.</summary>
    public static AuditDraft Of(IIncomingGrainCallContext context, string key, CallShape shape, CallerTicket caller, IReadOnlyList<string> permissions)
    {
        if (caller.Kind == PrincipalKind.System && AuditDraft.Current is { } carried)
        {
            return carried;
        }

        var (details, made) = Arguments(context, shape);
        return AuditDraft.For(caller, RequestContext.Get(AuditDraft.ActionKey) as string ?? shape.Action) with
        {
            Chain = made != default ? made : ChainOf(context, key, caller),
            Begins = made != default,
            Permission = string.Join(' ', permissions),
            Resource = ResourceOf(context, key),
            Details = details,
        };
    }

    /// <summary>Names a grain method: <c>IBranchGrain.PushAsync</c> is <c>branch.push</c>.</summary>
    public static string ActionOf(MethodInfo method)
    {
        var grain = method.DeclaringType!.Name.AsSpan();
        grain = grain.StartsWith("I") ? grain[1..] : grain;
        grain = grain.EndsWith("Grain") ? grain[..^5] : grain;
        var name = method.Name.AsSpan();
        name = name.EndsWith("Async") ? name[..^5] : name;
        return $"{Kebab(grain)}.{Kebab(name)}";
    }

    private static TenantId ChainOf(IIncomingGrainCallContext context, string key, CallerTicket caller) => context.Grain switch
    {
        IAuditedGrain named => named.AuditChain,
        IGuardedGrain => GrainKeys.ReadTenant(key),
        _ => caller.Tenant,
    };

    private static string ResourceOf(IIncomingGrainCallContext context, string key) =>
        context.Grain is IGuardedGrain ? GrainKeys.Describe(key) : $"{Kebab(context.TargetId.Type.ToString().AsSpan())}/{(key.Length <= 32 ? key : key[..32])}";

    private static (string Details, TenantId Made) Arguments(IIncomingGrainCallContext context, CallShape shape)
    {
        var text = new StringBuilder();
        TenantId made = default;
        var parameters = shape.Parameters;
        for (var i = 0; i < parameters.Length && i < context.Request.GetArgumentCount(); i++)
        {
            var said = context.Request.GetArgument(i) switch
            {
                IAudited audited => (made = audited.AuditChain, audited.AuditText).AuditText,
                AccountId or TenantId or WorktreeId or TreeId or SnapshotId or BranchName or Enum or int or long or bool => Said(parameters[i], context.Request.GetArgument(i)!),
                TokenHash hash => string.Create(CultureInfo.InvariantCulture, $"{parameters[i]}={hash.PublicId}"),
                string open when OpenTexts.Contains(parameters[i]) => Said(parameters[i], open),
                _ => "",
            };
            text.Append(text.Length > 0 && said.Length > 0 ? " " : "").Append(said);
        }

        return (text.ToString(), made);
    }

    private static string Said(string parameter, object value) =>
        string.Create(CultureInfo.InvariantCulture, $"{parameter}={(value is Enum ? value.ToString()!.ToLowerInvariant() : value)}");

    private static string Kebab(ReadOnlySpan<char> name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            text.Append(char.IsUpper(c) && text.Length > 0 ? "-" : "").Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
