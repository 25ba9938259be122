using W0rktree.Core;
using W0rktree.LocalAgent.Pipeline;
using W0rktree.LocalAgent.Sync.Server;
using W0rktree.Protocol.Grpc;
using W0rktree.Protocol.Ipc;

namespace W0rktree.LocalAgent.Sync.Accounts;

/// <summary>Signs in and out, and passes on what the user asks about tokens and organisations. The server decides all of it.</summary>
internal sealed class AccountOperations(ServerDirectory servers, Func<string?> configuredServer, IEntropy entropy)
{
    private const string ClientName = "wt";

    /// <summary>Signs in, registering first where asked.</summary>
    public async Task<Result<AccountInfo>> LoginAsync(AuthLoginParams login, CancellationToken cancellationToken)
    {
        var server = ServerFor(login.Server);
        if (!server.IsOk)
        {
            return server.Error;
        }

        return login.Token is { } token
            ? await LoginWithTokenAsync(server.Value, token, cancellationToken)
            : await LoginWithPasswordAsync(server.Value, login, cancellationToken);
    }

    /// <summary>Ends the session on the server and forgets it here; a server that is away forgets it when it expires.</summary>
    public async Task<Result<Done>> LogoutAsync(CancellationToken cancellationToken)
    {
        var server = ServerFor(null);
        if (!server.IsOk)
        {
            return server.Error;
        }

        var connection = servers.Connection(server.Value);
        var ended = await connection.CallAsync(options => connection.Identity.SignOutAsync(new SignOutRequest(), options), cancellationToken);
        await servers.Credentials.RemoveAsync(server.Value, cancellationToken);
        return ended.IsOk || ended.Error.Code is ErrorCodes.SignedOut or ErrorCodes.TokenRevoked or ErrorCodes.Offline ? default(Done) : ended.Error;
    }

    /// <summary>Asks the server who the user is.</summary>
    public Task<Result<AccountInfo>> WhoAmIAsync(CancellationToken cancellationToken) => CallAsync(
        (c, options) => c.Identity.WhoAmIAsync(new WhoAmIRequest(), options), (server, reply) => Describe(server, reply), cancellationToken);

    /// <summary>Creates a personal token.</summary>
    public Task<Result<TokenCreateResult>> CreateTokenAsync(TokenCreateParams create, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var request = new CreateTokenRequest { Name = create.Name, RequestId = entropy.DrawId(), ExpiresUnixMs = create.ExpiresInDays is { } days ? now.AddDays(days).ToUnixTimeMilliseconds() : 0 };
        request.Scopes.AddRange(create.Scopes ?? []);
        return CallAsync((c, options) => c.Identity.CreateTokenAsync(request, options), (_, reply) => new TokenCreateResult(reply.Token, Describe(reply.Info)), cancellationToken);
    }

    /// <summary>Lists tokens and sessions.</summary>
    public Task<Result<TokenListResult>> ListTokensAsync(CancellationToken cancellationToken) => CallAsync(
        (c, options) => c.Identity.ListTokensAsync(new ListTokensRequest(), options), (_, reply) => new TokenListResult([.. reply.Tokens.Select(Describe)]), cancellationToken);

    /// <summary>Revokes a token.</summary>
    public Task<Result<Nothing>> RevokeTokenAsync(TokenRevokeParams revoke, CancellationToken cancellationToken) => CallAsync(
        (c, options) => c.Identity.RevokeTokenAsync(new RevokeTokenRequest { Id = revoke.Id }, options), (_, _) => new Nothing(), cancellationToken);

    /// <summary>Creates an organisation.</summary>
    public async Task<Result<TenantCreateResult>> CreateTenantAsync(TenantCreateParams create, CancellationToken cancellationToken)
    {
        var email = create.Email;
        if (email is null)
        {
            var founder = await WhoAmIAsync(cancellationToken);
            if (!founder.IsOk)
            {
                return founder.Error;
            }

            email = founder.Value.Email;
        }

        var request = new CreateOrganizationRequest { Slug = create.Slug, Email = email ?? "", DisplayName = create.DisplayName ?? create.Slug, RequestId = entropy.DrawId() };
        return await CallAsync((c, options) => c.Identity.CreateOrganizationAsync(request, options), (_, reply) => new TenantCreateResult(reply.TenantId, reply.Slug), cancellationToken);
    }

    /// <summary>Lists members.</summary>
    public Task<Result<TenantMembersResult>> MembersAsync(TenantMemberParams of, CancellationToken cancellationToken) => CallAsync(
        (c, options) => c.Identity.ListMembersAsync(new ListMembersRequest { Tenant = of.Tenant }, options),
        (_, reply) => new TenantMembersResult([.. reply.Members.Select(m => new MemberEntry(m.Slug, m.DisplayName, m.Role))]), cancellationToken);

    /// <summary>Adds a member or changes a role.</summary>
    public Task<Result<Nothing>> SetMemberAsync(TenantMemberParams set, CancellationToken cancellationToken) => CallAsync(
        (c, options) => c.Identity.SetMemberAsync(new SetMemberRequest { Tenant = set.Tenant, Account = set.Account ?? "", Role = set.Role ?? "" }, options), (_, _) => new Nothing(), cancellationToken);

    /// <summary>Takes a member out.</summary>
    public Task<Result<Nothing>> RemoveMemberAsync(TenantMemberParams remove, CancellationToken cancellationToken) => CallAsync(
        (c, options) => c.Identity.RemoveMemberAsync(new RemoveMemberRequest { Tenant = remove.Tenant, Account = remove.Account ?? "" }, options), (_, _) => new Nothing(), cancellationToken);

    /// <summary>Finds the server that a command means: the one named, else the configured one, else the one signed in to last.</summary>
    public Result<ServerUrl> ServerFor(string? named)
    {
        if ((named ?? configuredServer()) is { } text)
        {
            return ServerUrl.Parse(text);
        }

        return servers.Credentials.LastServer() is { } last
            ? last
            : new Error(ErrorCodes.NoServer, "No server is configured.", "Sign in to one: wt login https://host:port --user NAME");
    }

    private async Task<Result<AccountInfo>> LoginWithPasswordAsync(ServerUrl server, AuthLoginParams login, CancellationToken cancellationToken)
    {
        if (login.User is not { Length: > 0 } user || login.Password is not { Length: > 0 } password)
        {
            return new Error(ErrorCodes.InvalidArgument, "A user name and a password are needed.", "wt login URL --user NAME");
        }

        var connection = servers.Connection(server);
        var reply = login.Register
            ? await connection.CallAsync(options => connection.Identity.RegisterAsync(new RegisterRequest { Slug = user, Email = login.Email ?? "", DisplayName = login.DisplayName ?? user, Password = password, Client = ClientName, RequestId = entropy.DrawId(), Invitation = login.Invitation ?? "" }, options), cancellationToken)
            : await connection.CallAsync(options => connection.Identity.SignInAsync(new SignInRequest { SlugOrEmail = user, Password = password, Client = ClientName }, options), cancellationToken);
        return reply.IsOk ? await KeepAsync(server, reply.Value.Account, reply.Value.Token, cancellationToken) : reply.Error;
    }

    private async Task<Result<AccountInfo>> LoginWithTokenAsync(ServerUrl server, string token, CancellationToken cancellationToken)
    {
        var before = servers.Credentials.Find(server);
        await servers.Credentials.SaveAsync(server, new Credential("", "", token), cancellationToken);
        var connection = servers.Connection(server);
        var reply = await connection.CallAsync(options => connection.Identity.WhoAmIAsync(new WhoAmIRequest(), options), cancellationToken);
        if (reply.IsOk)
        {
            return await KeepAsync(server, reply.Value.Account, token, cancellationToken);
        }

        // A token that does not work must not take the place of a sign-in that does.
        await (before is null ? servers.Credentials.RemoveAsync(server, cancellationToken) : servers.Credentials.SaveAsync(server, before, cancellationToken));
        return reply.Error;
    }

    private async Task<Result<AccountInfo>> KeepAsync(ServerUrl server, Account account, string token, CancellationToken cancellationToken)
    {
        await servers.Credentials.SaveAsync(server, new Credential(account.Slug, account.Id, token), cancellationToken);
        return new AccountInfo(server.Text, account.Slug, account.Id, account.Email, account.DisplayName, []);
    }

    /// <summary>Makes a call on the server that the account is signed in to.</summary>
    internal Task<Result<TReply>> AskAsync<TReply>(Func<ServerConnection, Grpc.Core.CallOptions, Grpc.Core.AsyncUnaryCall<TReply>> call, CancellationToken cancellationToken) =>
        CallAsync(call, static (_, reply) => reply, cancellationToken);

    private async Task<Result<TOut>> CallAsync<TReply, TOut>(
        Func<ServerConnection, Grpc.Core.CallOptions, Grpc.Core.AsyncUnaryCall<TReply>> call, Func<ServerUrl, TReply, TOut> describe, CancellationToken cancellationToken)
    {
        var server = ServerFor(null);
        if (!server.IsOk)
        {
            return server.Error;
        }

        if (!servers.IsSignedIn(server.Value))
        {
            return new Error(ErrorCodes.SignedOut, $"You are not signed in to {server.Value}.", $"wt login {server.Value} --user NAME");
        }

        var connection = servers.Connection(server.Value);
        var reply = await connection.CallAsync(options => call(connection, options), cancellationToken);
        return reply.Map(value => describe(server.Value, value));
    }

    private static AccountInfo Describe(ServerUrl server, WhoAmIReply reply) => new(
        server.Text, reply.Account.Slug, reply.Account.Id, reply.Account.Email, reply.Account.DisplayName,
        [.. reply.Memberships.Select(m => new MembershipInfo(m.TenantSlug, m.TenantType, m.Role))]);

    private static TokenEntry Describe(TokenInfo token) => new(
        token.Id, token.Name, token.Kind, [.. token.Scopes], Time(token.CreatedUnixMs)!.Value, Time(token.ExpiresUnixMs), Time(token.LastUsedUnixMs), token.Current);

    private static DateTimeOffset? Time(long unixMs) => unixMs == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(unixMs);
}
