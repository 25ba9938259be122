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
internal sealed partial class IdentityService(IGrainFactory grains, NameBook names, SignInDesk desk) : Identity.IdentityBase
{
    /// <inheritdoc/>
    public override async Task<SignInReply> Register(RegisterRequest request, ServerCallContext context) => Describe(await desk.RegisterAsync(
        new Registration(request.Slug, request.Email, request.DisplayName, request.Password, request.Client, request.RequestId, request.Invitation), CallerSession.Of(context), context.CancellationToken));

    /// <inheritdoc/>
    public override async Task<SignInReply> SignIn(SignInRequest request, ServerCallContext context) =>
        Describe(await desk.SignInAsync(request.SlugOrEmail, request.Password, request.Client, CallerSession.Of(context), context.CancellationToken));

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
            if ((await MembershipAsync(grains, tenant, context.CancellationToken)) is { } membership)
            {
                reply.Memberships.Add(membership);
            }
        }

        return reply;
    }

    /// <inheritdoc/>
    public override async Task<CreateTokenReply> CreateToken(CreateTokenRequest request, ServerCallContext context)
    {
        var text = SignInDesk.DrawToken();
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

    private static SignInReply Describe(SignedIn signedIn) => new()
    {
        Token = signedIn.Token, Account = Describe(signedIn.Account), ExpiresUnixMs = signedIn.ExpiresAt.ToUnixTimeMilliseconds(),
    };

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
}
