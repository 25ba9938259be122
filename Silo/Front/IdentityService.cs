using System.Buffers.Text;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Grpc.Core;
using Orleans;
using W0rktree.Core.Identity;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Identifiers;
using W0rktree.Grains.Abstractions.Replies;
using W0rktree.Grains.Abstractions.Tickets;
using W0rktree.Protocol.Grpc;
using SignInProof = W0rktree.Grains.Abstractions.Accounts.SignIn;

namespace W0rktree.Silo.Front;

/// <summary>Serves accounts, sign-in and tokens; organisations and members are in the other half.</summary>
internal sealed partial class IdentityService(IGrainFactory grains, TicketMint mint, Passwords passwords, TimeProvider clock) : Identity.IdentityBase
{
    // A session that nobody ends: a laptop that is used every few weeks stays signed in.
    private static readonly TimeSpan SessionLife = TimeSpan.FromDays(90);

    /// <inheritdoc/>
    public override async Task<SignInReply> Register(RegisterRequest request, ServerCallContext context)
    {
        var requestId = Wire.RequestId(request.RequestId);
        var account = new AccountId(Drawn("account", requestId));
        var registration = new RegisterAccount
        {
            Tenant = new TenantId(Drawn("tenant", requestId)),
            Slug = request.Slug,
            Email = request.Email.Trim().ToLowerInvariant(),
            DisplayName = request.DisplayName,
            Password = await passwords.HashAsync(request.Password, requestId, context.CancellationToken),
        };

        // A ticket lives thirty seconds, and the password may have waited for its turn that long.
        mint.Present(mint.Anonymous(CallerSession.Of(context).RequestId));
        var grain = grains.GetGrain<IAccountGrain>(GrainKeys.Account(account));
        _ = (await grain.RegisterAsync(registration, context.CancellationToken)).OrRefuse();
        return await SignInAsync(grain, registration.Password.Hash, request.Client, requestId, context.CancellationToken);
    }

    /// <inheritdoc/>
    public override async Task<SignInReply> SignIn(SignInRequest request, ServerCallContext context)
    {
        var name = request.SlugOrEmail.Trim().ToLowerInvariant();
        var owner = name.Length is > 0 and <= 254
            ? await grains.GetGrain<INameGrain>(name.Contains('@', StringComparison.Ordinal) ? GrainKeys.Email(name) : GrainKeys.Slug(name)).ResolveAsync(context.CancellationToken)
            : null;
        var grain = owner is { } found && found.Account != default ? grains.GetGrain<IAccountGrain>(GrainKeys.Account(found.Account)) : null;

        // A name that nobody has costs the same time and gets the same answer as a wrong password.
        var challenge = grain is null ? passwords.Decoy(name) : (await grain.BeginSignInAsync(context.CancellationToken)).OrRefuse();
        var proof = await passwords.ProveAsync(request.Password, challenge, context.CancellationToken);
        mint.Present(mint.Anonymous(CallerSession.Of(context).RequestId));
        return grain is null
            ? throw new RefusedException(new Refusal { Code = "denied", Message = "The name or the password is wrong." })
            : await SignInAsync(grain, proof, request.Client, "", context.CancellationToken);
    }

    /// <inheritdoc/>
    public override async Task<SignOutReply> SignOut(SignOutRequest request, ServerCallContext context)
    {
        _ = (await Self(context).RevokeTokenAsync(CallerSession.Of(context).Token.PublicId, context.CancellationToken)).OrRefuse();
        return new SignOutReply();
    }

    /// <inheritdoc/>
    public override async Task<WhoAmIReply> WhoAmI(WhoAmIRequest request, ServerCallContext context)
    {
        var session = CallerSession.Of(context);
        var view = (await Self(context).GetAsync(context.CancellationToken)).OrRefuse();
        var reply = new WhoAmIReply { Account = Describe(view), TokenId = session.Token.PublicId };
        reply.Scopes.AddRange(session.Ticket!.Scopes);
        foreach (var tenant in view.Memberships)
        {
            if ((await MembershipAsync(tenant, context.CancellationToken)) is { } membership)
            {
                reply.Memberships.Add(membership);
            }
        }

        return reply;
    }

    /// <inheritdoc/>
    public override async Task<CreateTokenReply> CreateToken(CreateTokenRequest request, ServerCallContext context)
    {
        var text = DrawToken();
        var view = (await Self(context).IssueTokenAsync(
            new TokenRequest
            {
                Hash = TokenHash.Of(text),
                Label = request.Name,
                Scopes = [.. request.Scopes],
                ExpiresAt = request.ExpiresUnixMs == 0 ? null : Instant(request.ExpiresUnixMs),
                Kind = TokenKind.Token,
                RequestId = Wire.RequestId(request.RequestId),
            },
            context.CancellationToken)).OrRefuse();
        return new CreateTokenReply { Token = text, Info = Describe(view, context) };
    }

    /// <inheritdoc/>
    public override async Task<ListTokensReply> ListTokens(ListTokensRequest request, ServerCallContext context)
    {
        var list = (await Self(context).ListTokensAsync(context.CancellationToken)).OrRefuse();
        var reply = new ListTokensReply();
        reply.Tokens.AddRange(list.Tokens.Select(t => Describe(t, context)));
        return reply;
    }

    /// <inheritdoc/>
    public override async Task<RevokeTokenReply> RevokeToken(RevokeTokenRequest request, ServerCallContext context)
    {
        _ = (await Self(context).RevokeTokenAsync(request.Id, context.CancellationToken)).OrRefuse();
        return new RevokeTokenReply();
    }

    private IAccountGrain Self(ServerCallContext context) => grains.GetGrain<IAccountGrain>(GrainKeys.Account(CallerSession.Of(context).Account));

    private async Task<SignInReply> SignInAsync(IAccountGrain grain, ImmutableArray<byte> proof, string client, string requestId, CancellationToken cancellationToken)
    {
        var text = DrawToken();
        var token = new TokenRequest
        {
            Hash = TokenHash.Of(text),
            Label = client,
            Scopes = ["*"],
            ExpiresAt = clock.GetUtcNow() + SessionLife,
            Kind = TokenKind.Session,
            RequestId = requestId,
        };
        var view = (await grain.SignInAsync(new SignInProof { Proof = proof, Token = token }, cancellationToken)).OrRefuse();
        return new SignInReply { Token = text, Account = Describe(view), ExpiresUnixMs = token.ExpiresAt.Value.ToUnixTimeMilliseconds() };
    }

    private static Account Describe(AccountView view) => new()
    {
        Id = view.Account.ToString(), Slug = view.Slug, Email = view.Email, DisplayName = view.DisplayName, TenantId = view.Tenant.ToString(),
    };

    private static TokenInfo Describe(TokenView view, ServerCallContext context)
    {
        var info = new TokenInfo
        {
            Id = view.Id,
            Name = view.Label,
            CreatedUnixMs = view.CreatedAt.ToUnixTimeMilliseconds(),
            ExpiresUnixMs = view.ExpiresAt?.ToUnixTimeMilliseconds() ?? 0,
            LastUsedUnixMs = view.LastUsedAt?.ToUnixTimeMilliseconds() ?? 0,
            Current = view.Id == CallerSession.Of(context).Token.PublicId,
            Kind = view.Kind == TokenKind.Session ? "session" : "token",
        };
        info.Scopes.AddRange(view.Scopes);
        return info;
    }

    private static DateTimeOffset Instant(long unixMs) => unixMs is > 0 and < 253_402_300_800_000
        ? DateTimeOffset.FromUnixTimeMilliseconds(unixMs)
        : throw Replies.Invalid("The time is not one of this calendar.");

    /// <summary>Draws 256 random bits: nothing to guess, and the prefix lets scanners find a token that leaked.</summary>
    private static string DrawToken() => "wt_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Derives an id from a request's random id, so that a repeated request means the same thing.</summary>
    private static UInt128 Drawn(string what, string requestId) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes($"w0rktree {what} {requestId}")));
}
