using System.Globalization;

namespace W0rktree.Grains.Access.Policies;

/// <summary>Gives the attributes that conditions compare.</summary>
internal static class Attributes
{
    private static readonly string[] Hours = [.. Enumerable.Range(0, 24).Select(static h => h.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Tells whether a name belongs to the product, so that no account can bring an attribute of it.</summary>
    public static bool IsReserved(string name) =>
        name.StartsWith("time.", StringComparison.Ordinal) || name.StartsWith("ip.", StringComparison.Ordinal) || name.StartsWith("tenant.", StringComparison.Ordinal);

    /// <summary>Tells whether a name is one of the product's attributes.</summary>
    public static bool IsBuiltIn(string name) =>
        name is "time.hour" or "time.day" or "time.date" or "ip.address" or "tenant.type" or "tenant.status" or "tenant.plan";

    /// <summary>Gives the value of an attribute; null where it is missing.</summary>
    public static string? Of(AccessQuestion question, string name) => name switch
    {
        "time.hour" => question.Environment.Time is { } time ? Hours[time.UtcDateTime.Hour] : null,
        "time.day" => question.Environment.Time is { } time ? Enum.GetName(time.UtcDateTime.DayOfWeek) : null,
        "time.date" => question.Environment.Time?.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        "ip.address" => question.Environment.Address,
        "tenant.type" => question.Principal.TenantType,
        "tenant.plan" => question.Principal.TenantPlan,
        "tenant.status" => question.Principal.TenantStatus switch
        {
            Standstill.None => "active",
            Standstill.Suspended => "suspended",
            _ => "deactivated",
        },
        _ => !IsReserved(name) && question.Principal.Attributes.TryGetValue(name, out var value) ? value : null,
    };
}
