using W0rktree.Grains.Accounts;

namespace W0rktree.Silo.Hosting;

/// <summary>Reads who may come to the server, and who runs it.</summary>
/// <remarks><c>Registration__Mode</c> is <c>open</c> (as it is without), <c>invited</c> or <c>closed</c>; <c>Operators</c> names accounts, with commas between.</remarks>
internal static class IdentitySettings
{
    /// <summary>Reads the options.</summary>
    /// <exception cref="InvalidDataException">The mode is none of the three: a word that is not understood must not open a server.</exception>
    public static RegistrationOptions Read(IConfiguration configuration) => new()
    {
        Mode = configuration["Registration:Mode"]?.ToLowerInvariant() switch
        {
            null or "" or "open" => RegistrationMode.Open,
            "invited" => RegistrationMode.Invited,
            "closed" => RegistrationMode.Closed,
            var other => throw new InvalidDataException($"Registration:Mode is '{other}'; it is one of open, invited and closed."),
        },
        Operators = (configuration["Operators"] ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal),
    };
}
