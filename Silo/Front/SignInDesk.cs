using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tickets;

namespace W0rktree.Silo.Front;

/// <summary>Registers accounts and signs people in, for both fronts. Thread-safe.</summary>
internal sealed class SignInDesk(IGrainFactory grains, TicketMint mint, Passwords passwords, TimeProvider clock)
{
    // A session that nobody ends: a laptop that is used every few weeks stays signed in.
    private static readonly TimeSpan SessionLife = TimeSpan.FromDays(90);

    /// <summary>Creates an account with its tenant and signs it in.</summary>
    public async Task<SignedIn> RegisterAsync(Registration registration, CallerSession session, CancellationToken cancellationToken)
    {
        var requestId = Wire.RequestId(registration.RequestId);
        var invitation = registration.Invitation is { Length: > 0 } code ? InvitationCode.Parse(code) : null;
        var request = new RegisterAccount
        {
            Tenant = new TenantId(Drawn("tenant", requestId)),
            Slug = registration.Slug,
            Email = registration.Email.Trim().ToLowerInvariant(),
            DisplayName = registration.DisplayName,
            Password = await passwords.HashAsync(registration.Password, requestId, cancellationToken),
            InvitedBy = invitation?.Tenant ?? default,
            Invitation = invitation?.Code ?? default,
        };

        // A ticket lives thirty seconds, and the password may have waited for its turn that long.
        mint.Present(mint.Anonymous(session.RequestId));
        var grain = grains.GetGrain<IAccountGrain>(GrainKeys.Account(new AccountId(Drawn("account", requestId))));
        _ = (await grain.RegisterAsync(request, cancellationToken)).OrRefuse();
        return await IssueAsync(grain, request.Password.Hash, registration.Client, requestId, session, cancellationToken);
    }

    /// <summary>Checks a password and makes a session.</summary>
    public async Task<SignedIn> SignInAsync(string slugOrEmail, string password, string client, CallerSession session, CancellationToken cancellationToken)
    {
        var (grain, proof) = await ProveAsync(slugOrEmail, password, cancellationToken);
        return await IssueAsync(grain, proof, client, "", session, cancellationToken);
    }

    /// <summary>Begins a sign-in that somebody confirms in a browser.</summary>
    public async Task<DeviceSignIn> BeginDeviceAsync(string client, CallerSession session, CancellationToken cancellationToken)
    {
        var (token, code) = (DrawToken(), UserCode.Draw());
        var request = new DeviceRequest { Token = TokenHash.Of(token), Client = client, Address = session.Address };
        _ = (await grains.GetGrain<IDeviceGrain>(GrainKeys.Device(code)).BeginAsync(request, cancellationToken)).OrRefuse();
        return new DeviceSignIn(token, code);
    }

    /// <summary>Shows what waits to be confirmed under a code.</summary>
    public async Task<DeviceRequest> ShowDeviceAsync(string code, CancellationToken cancellationToken) =>
        (await grains.GetGrain<IDeviceGrain>(GrainKeys.Device(UserCode.Parse(code))).ShowAsync(cancellationToken)).OrRefuse();

    /// <summary>Confirms a sign-in with a password.</summary>
    public async Task ConfirmDeviceAsync(string code, string slugOrEmail, string password, CallerSession session, CancellationToken cancellationToken)
    {
        _ = await ShowDeviceAsync(code, cancellationToken);
        var (grain, proof) = await ProveAsync(slugOrEmail, password, cancellationToken);
        mint.Present(mint.Anonymous(session.RequestId));
        var confirmation = new DeviceConfirmation { Proof = proof, Device = GrainKeys.Device(UserCode.Parse(code)), ExpiresAt = clock.GetUtcNow() + SessionLife };
        _ = (await grain.ConfirmDeviceAsync(confirmation, cancellationToken)).OrRefuse();
    }

    /// <summary>Confirms a sign-in for somebody whom an identity provider vouches for.</summary>
    public async Task AdmitAsync(string code, AccountId account, CancellationToken cancellationToken) => _ = (await mint.AsSystemAsync(
        "single-sign-on", () => grains.GetGrain<IAccountGrain>(GrainKeys.Account(account)).AdmitDeviceAsync(GrainKeys.Device(UserCode.Parse(code)), clock.GetUtcNow() + SessionLife, cancellationToken))).OrRefuse();

    /// <summary>Answers once a sign-in is confirmed, and refuses until then.</summary>
    public async Task AwaitDeviceAsync(string token, string code, CancellationToken cancellationToken) =>
        _ = (await grains.GetGrain<IDeviceGrain>(GrainKeys.Device(UserCode.Parse(code))).AwaitAsync(TokenHash.Of(token), cancellationToken)).OrRefuse();

    /// <summary>Finds the account of a name and computes what proves its password; the account itself compares.</summary>
    private async Task<(IAccountGrain Account, ImmutableArray<byte> Proof)> ProveAsync(string slugOrEmail, string password, CancellationToken cancellationToken)
    {
        var name = slugOrEmail.Trim().ToLowerInvariant();
        var owner = name.Length is > 0 and <= 254
            ? await grains.GetGrain<INameGrain>(name.Contains('@', StringComparison.Ordinal) ? GrainKeys.Email(name) : GrainKeys.Slug(name)).ResolveAsync(cancellationToken)
            : null;
        var grain = owner is { } found && found.Account != default ? grains.GetGrain<IAccountGrain>(GrainKeys.Account(found.Account)) : null;

        // A name that nobody has costs the same time and gets the same answer as a wrong password.
        var begun = grain is null ? null : await grain.BeginSignInAsync(cancellationToken);
        if (begun?.Refusal is { Code: "denied" })
        {
            (grain, begun) = (null, null); // An account without a password, of a machine or of single sign-on, is one that nobody has.
        }

        var challenge = begun is null ? passwords.Decoy(name) : begun.OrRefuse();
        var proof = await passwords.ProveAsync(password, challenge, cancellationToken);
        return grain is null
            ? throw new RefusedException(new Refusal { Code = "denied", Message = "The name or the password is wrong." })
            : (grain, proof);
    }

    private async Task<SignedIn> IssueAsync(IAccountGrain grain, ImmutableArray<byte> proof, string client, string requestId, CallerSession session, CancellationToken cancellationToken)
    {
        // A ticket lives thirty seconds, and the password may have waited for its turn that long.
        mint.Present(mint.Anonymous(session.RequestId));
        var text = DrawToken();
        var token = SessionOf(text, client, requestId);
        var view = (await grain.SignInAsync(new SignIn { Proof = proof, Token = token }, cancellationToken)).OrRefuse();
        return new SignedIn(view, text, token.ExpiresAt!.Value);
    }

    /// <summary>Asks for a session under a token's text.</summary>
    public TokenRequest SessionOf(string token, string client, string requestId) => new()
    {
        Hash = TokenHash.Of(token),
        Label = client,
        Scopes = ["*"],
        ExpiresAt = clock.GetUtcNow() + SessionLife,
        Kind = TokenKind.Session,
        RequestId = requestId,
    };

    /// <summary>Draws 256 random bits: nothing to guess, and the prefix lets scanners find a token that leaked.</summary>
    public static string DrawToken() => "wt_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Derives an id from a request's random id, so that a repeated request means the same thing.</summary>
    public static UInt128 Drawn(string what, string requestId) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"w0rktree {what} {requestId}")));
}

/// <summary>Asks for an account.</summary>
/// <param name="Slug">The user's name.</param>
/// <param name="Email">The e-mail address.</param>
/// <param name="DisplayName">What the user is called.</param>
/// <param name="Password">The password.</param>
/// <param name="Client">What the session is called in lists.</param>
/// <param name="RequestId">The request's own id, 32 hexadecimal digits.</param>
/// <param name="Invitation">The code of an invitation, where one is needed; it is taken by another call, once there is an account.</param>
internal sealed record Registration(string Slug, string Email, string DisplayName, string Password, string Client, string RequestId, string? Invitation);

/// <summary>A sign-in that waits to be confirmed.</summary>
/// <param name="Token">What the session's token will be; until then it is nobody's.</param>
/// <param name="Code">What a person types.</param>
internal sealed record DeviceSignIn(string Token, string Code);

/// <summary>Says who signed in.</summary>
/// <param name="Account">The account.</param>
/// <param name="Token">The session's token, known only here and to the caller.</param>
/// <param name="ExpiresAt">When it ends.</param>
internal sealed record SignedIn(AccountView Account, string Token, DateTimeOffset ExpiresAt);
