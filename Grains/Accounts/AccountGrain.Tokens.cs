using System.Collections.Immutable;
using W0rktree.Grains.Abstractions.Access;
using W0rktree.Grains.Abstractions.Accounts;
using W0rktree.Grains.Abstractions.Tenants;

namespace W0rktree.Grains.Accounts;

/// <summary>Sign-in and tokens.</summary>
public sealed partial class AccountGrain
{
    private readonly SignInLimit _limit = new();

    /// <inheritdoc/>
    public Task<Reply<PasswordVerifier>> BeginSignInAsync(CancellationToken cancellationToken) =>
        Task.FromResult<Reply<PasswordVerifier>>(Blocked() is { } refusal ? refusal : Current.Password is { } password ? password with { Hash = [] } : WrongPassword);

    /// <inheritdoc/>
    public async Task<Reply<AccountView>> SignInAsync(SignIn request, CancellationToken cancellationToken)
    {
        // Turns are exclusive, so a thousand guesses sent at once still meet the limit one after the other.
        if (Blocked() is { } blocked)
        {
            return blocked;
        }

        if (Current.Password is not { } password || !AccountRules.Proves(password, request.Proof))
        {
            _limit.Failed(clock.GetUtcNow());
            return WrongPassword;
        }

        // Said only to who has the password.
        if (Current.Status == TenantStatus.Deactivated)
        {
            return new Refusal { Code = "denied", Message = "The account is deactivated.", Hint = "Ask an operator of the server." };
        }

        return (await AddTokenAsync(request.Token, cancellationToken)).TryGet(out _, out var refusal) ? View() : refusal;
    }

    /// <inheritdoc/>
    public async Task<Reply<TokenView>> IssueTokenAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        var own = Current.Tokens.FirstOrDefault(t => t.Hash == mint.Current()!.Token);
        if (own is null || !AccountRules.Within(request.Scopes, own.Scopes))
        {
            return Refusals.PermissionDenied("a scope that your own token lacks");
        }

        if (StandstillRefusal() is { } standstill)
        {
            return standstill;
        }

        return await AddTokenAsync(request, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<Reply<TokenList>> ListTokensAsync(CancellationToken cancellationToken)
    {
        var living = AccountRules.Living(Current.Tokens, clock.GetUtcNow());
        var usage = await mint.AsSystemAsync("tokens", () =>
            Task.WhenAll(living.Select(t => grains.GetGrain<ITokenGrain>(GrainKeys.Token(t.Hash)).UsageAsync(cancellationToken))));
        return new TokenList { Tokens = [.. living.Zip(usage, (t, u) => ViewOf(t) with { LastUsedAt = u.LastUsedAt })] };
    }

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> RevokeTokenAsync(string tokenId, CancellationToken cancellationToken)
    {
        var token = Current.Tokens.FirstOrDefault(t => t.Hash.PublicId == tokenId);
        if (token?.Hash != mint.Current()!.Token && ScopeRefusal(Permission.AccountManage) is { } refusal)
        {
            return refusal;
        }

        if (token is not null)
        {
            await EndAsync([token], new Revocation { Account = Id, Token = token.Hash }, cancellationToken);
        }

        return Acknowledged.Instance;
    }

    /// <inheritdoc/>
    public async Task<Reply<Acknowledged>> RevokeAllTokensAsync(CancellationToken cancellationToken)
    {
        if (ScopeRefusal(Permission.AccountManage) is { } refusal)
        {
            return refusal;
        }

        var epoch = Current.Epoch + 1;
        await SaveAsync(Current with { Epoch = epoch });
        await EndAsync(Current.Tokens, new Revocation { Account = Id, MinEpoch = epoch }, cancellationToken);
        return Acknowledged.Instance;
    }

    private async Task<Reply<TokenView>> AddTokenAsync(TokenRequest request, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (AccountRules.CheckToken(request, now) is { } refusal)
        {
            return refusal;
        }

        // The text of the token that an earlier try of this request made was lost with its answer.
        if (request.RequestId.Length > 0 && Current.Tokens.FirstOrDefault(t => t.RequestId == request.RequestId) is { } lost)
        {
            await EndAsync([lost], new Revocation { Account = Id, Token = lost.Hash }, cancellationToken);
        }

        var living = AccountRules.Living(Current.Tokens, now);
        if (living.Length >= AccountRules.MaxTokens)
        {
            var oldest = living.FirstOrDefault(t => t.Kind == TokenKind.Session);
            if (request.Kind != TokenKind.Session || oldest is null)
            {
                return new Refusal { Code = "too_many_tokens", Message = $"An account holds at most {AccountRules.MaxTokens} tokens.", Hint = "Revoke some: wt token list" };
            }

            await EndAsync([oldest], new Revocation { Account = Id, Token = oldest.Hash }, cancellationToken);
            living = living.Remove(oldest);
        }

        var record = new TokenRecord
        {
            Hash = request.Hash, Label = request.Label, Scopes = request.Scopes, Kind = request.Kind,
            CreatedAt = now, ExpiresAt = request.ExpiresAt, RequestId = request.RequestId,
        };
        var issue = new TokenIssue { Account = Id, Tenant = Current.Tenant, Epoch = Current.Epoch, Scopes = request.Scopes, ExpiresAt = request.ExpiresAt };

        // The account knows the token before it works, so that there is never one that cannot be revoked.
        await SaveAsync(Current with { Tokens = [.. living, record] });
        await mint.AsSystemAsync("tokens", async () =>
        {
            await grains.GetGrain<ITokenGrain>(GrainKeys.Token(request.Hash)).IssueAsync(issue, cancellationToken);
            return true;
        });
        return ViewOf(record);
    }

    /// <summary>Ends tokens: in their own grains, then in every silo, and only then in the list.</summary>
    private async Task EndAsync(ImmutableArray<TokenRecord> tokens, Revocation revocation, CancellationToken cancellationToken)
    {
        await mint.AsSystemAsync("revocation", async () =>
        {
            await Task.WhenAll(tokens.Select(t => grains.GetGrain<ITokenGrain>(GrainKeys.Token(t.Hash)).RevokeAsync(cancellationToken)));
            await grains.GetGrain<IRevocationGrain>(GrainKeys.Singleton).AnnounceAsync(revocation, cancellationToken);
            return true;
        });
        await SaveAsync(Current with { Tokens = Current.Tokens.RemoveRange(tokens) });
    }

    private Refusal? Blocked() => _limit.BlockedUntil(clock.GetUtcNow()) is { } until
        ? new Refusal { Code = "rate_limited", Message = $"There were too many wrong passwords for this account. The next try is possible at {until:HH:mm:ss} UTC." }
        : null;

    private static TokenView ViewOf(TokenRecord token) => new()
    {
        Id = token.Hash.PublicId, Label = token.Label, Scopes = token.Scopes, Kind = token.Kind, CreatedAt = token.CreatedAt, ExpiresAt = token.ExpiresAt,
    };
}
