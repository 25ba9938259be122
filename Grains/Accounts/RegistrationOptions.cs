namespace W0rktree.Grains.Accounts;

/// <summary>Says who may create an account.</summary>
public enum RegistrationMode
{
    /// <summary>Everybody.</summary>
    Open,

    /// <summary>Who has a code of an open invitation.</summary>
    Invited,

    /// <summary>Nobody but the operators; others come by single sign-on, or as service accounts.</summary>
    Closed,
}

/// <summary>Says who may come to a server, and who runs it.</summary>
public sealed class RegistrationOptions
{
    /// <summary>Gets or sets who may create an account.</summary>
    public RegistrationMode Mode { get; set; } = RegistrationMode.Open;

    /// <summary>Gets or sets the names of the accounts that suspend tenants and open them again.</summary>
    public IReadOnlySet<string> Operators { get; set; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Tells whether an account runs the server.</summary>
    public bool IsOperator(string slug) => Operators.Contains(slug);
}
