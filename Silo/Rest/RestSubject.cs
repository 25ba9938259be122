using System.Text;
using W0rktree.Silo.Audit;

namespace W0rktree.Silo.Rest;

/// <summary>Says for the audit what a request by HTTP is about: the route's name, and the names in its address.</summary>
internal static class RestSubject
{
    // Whoever asks chooses how long it is.
    private const int MaxValueLength = 128;

    /// <summary>Describes a request.</summary>
    public static AuditSubject Of(HttpContext context, string front = "rest")
    {
        var values = context.Request.RouteValues;
        var name = context.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName ?? "unknown";
        var slug = (values.GetValueOrDefault("owner") ?? values.GetValueOrDefault("tenant")) as string ?? "";
        var details = new StringBuilder();
        foreach (var (key, value) in values.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value as string ?? "")))
        {
            Tell(details, key, value);
        }

        foreach (var key in (string[])["at", "branch", "from", "path", "to", "tree"])
        {
            Tell(details, key, context.Request.Query[key].ToString());
        }

        return new AuditSubject($"{front}.{name.Replace('_', '-')}") { Slug = slug, Resource = slug.Length > 0 ? $"tenant/{Short(slug)}" : "", Details = details.ToString() };
    }

    private static void Tell(StringBuilder details, string key, string value)
    {
        if (value.Length > 0)
        {
            details.Append(details.Length > 0 ? " " : "").Append(key).Append('=').Append(Short(value));
        }
    }

    private static string Short(string text) => text.Length <= MaxValueLength ? text : text[..MaxValueLength] + "…";
}
