using System.Buffers.Text;
using System.Text;
using W0rktree.Grains.Tests.Cluster;

namespace W0rktree.Grains.Tests.Access;

public class TicketCodecTests
{
    private readonly DateTimeOffset _now = DateTimeOffset.FromUnixTimeMilliseconds(1_800_000_000_000);
    private readonly TicketKeyRing _keys = new(TicketKey.Draw());

    private CallerTicket Ticket => new()
    {
        Kind = PrincipalKind.Account,
        Account = new AccountId(Person.Random128()),
        Tenant = new TenantId(Person.Random128()),
        Token = TokenHash.Of("wt_something"),
        Epoch = 3,
        Scopes = ["sync:pull", "tree:read"],
        RequestId = "r1",
        IssuedAt = _now,
        ExpiresAt = _now + CallerTicket.MaxLife,
    };

    [Fact]
    public void A_ticket_reads_back_as_it_was_written()
    {
        var ticket = Ticket;
        var read = TicketCodec.TryRead(TicketCodec.Write(ticket, _keys), _keys, _now);

        Assert.NotNull(read);
        Assert.Equal(ticket.Scopes.ToArray(), read.Scopes.ToArray());
        Assert.Equal(ticket with { Scopes = [] }, read with { Scopes = [] });
    }

    [Fact]
    public void A_ticket_ends_with_its_time()
    {
        var text = TicketCodec.Write(Ticket, _keys);

        Assert.NotNull(TicketCodec.TryRead(text, _keys, _now + CallerTicket.MaxLife - TimeSpan.FromMilliseconds(1)));
        Assert.Null(TicketCodec.TryRead(text, _keys, _now + CallerTicket.MaxLife));
    }

    [Fact]
    public void A_ticket_from_the_future_does_not_hold() =>
        Assert.Null(TicketCodec.TryRead(TicketCodec.Write(Ticket, _keys), _keys, _now - TimeSpan.FromSeconds(6)));

    [Fact]
    public void A_ticket_cannot_be_made_to_live_longer_than_thirty_seconds() =>
        Assert.Throws<ArgumentException>(() => TicketCodec.Write(Ticket with { ExpiresAt = _now + TimeSpan.FromSeconds(31) }, _keys));

    [Fact]
    public void No_character_of_a_ticket_can_be_changed()
    {
        var text = TicketCodec.Write(Ticket, _keys);
        for (var i = 0; i < text.Length; i++)
        {
            var altered = text[..i] + (text[i] == 'A' ? 'B' : 'A') + text[(i + 1)..];
            Assert.True(TicketCodec.TryRead(altered, _keys, _now) is null, $"character {i} of {text}");
        }
    }

    [Fact]
    public void Fields_cannot_be_replaced_under_the_old_signature()
    {
        var parts = TicketCodec.Write(Ticket, _keys).Split('.');
        var fields = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[2]));
        parts[2] = Base64Url.EncodeToString(Encoding.UTF8.GetBytes("3" + fields[1..]));

        Assert.Null(TicketCodec.TryRead(string.Join('.', parts), _keys, _now));
    }

    [Fact]
    public void A_key_of_somebody_else_signs_nothing() =>
        Assert.Null(TicketCodec.TryRead(TicketCodec.Write(Ticket, new TicketKeyRing(TicketKey.Draw())), _keys, _now));

    [Fact]
    public void A_ticket_survives_one_rotation_of_keys_and_not_two()
    {
        var text = TicketCodec.Write(Ticket, _keys);

        _keys.Rotate(TicketKey.Draw());
        Assert.NotNull(TicketCodec.TryRead(text, _keys, _now));

        _keys.Rotate(TicketKey.Draw());
        Assert.Null(TicketCodec.TryRead(text, _keys, _now));
    }

    [Theory]
    [InlineData("a|b")]
    [InlineData("|3|")]
    public void A_separator_cannot_be_smuggled_into_a_field(string text)
    {
        Assert.Throws<ArgumentException>(() => TicketCodec.Write(Ticket with { RequestId = text }, _keys));
        Assert.Throws<ArgumentException>(() => TicketCodec.Write(Ticket with { SystemName = text }, _keys));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wtt1...")]
    [InlineData("....")]
    [InlineData("wtt2.00000000.AA.AA")]
    public void Nonsense_is_no_ticket(string? text) => Assert.Null(TicketCodec.TryRead(text, _keys, _now));
}
