# Completion of dnstrace. Made by `python -m dnstrace.cli.completion`: change that, not this.

Register-ArgumentCompleter -Native -CommandName dnstrace -ScriptBlock {
    param($word, $command, $cursor)
    $values = @{
        '-t' = @('A', 'AAAA', 'ANY', 'CAA', 'CDNSKEY', 'CDS', 'CERT', 'CNAME', 'CSYNC', 'DNAME', 'DNSKEY', 'DS', 'HINFO', 'HTTPS', 'LOC', 'MX', 'NAPTR', 'NS', 'NSEC', 'NSEC3PARAM', 'OPENPGPKEY', 'PTR', 'RP', 'RRSIG', 'SMIMEA', 'SOA', 'SPF', 'SRV', 'SSHFP', 'SVCB', 'TLSA', 'TXT', 'URI', 'ZONEMD')
        '--type' = @('A', 'AAAA', 'ANY', 'CAA', 'CDNSKEY', 'CDS', 'CERT', 'CNAME', 'CSYNC', 'DNAME', 'DNSKEY', 'DS', 'HINFO', 'HTTPS', 'LOC', 'MX', 'NAPTR', 'NS', 'NSEC', 'NSEC3PARAM', 'OPENPGPKEY', 'PTR', 'RP', 'RRSIG', 'SMIMEA', 'SOA', 'SPF', 'SRV', 'SSHFP', 'SVCB', 'TLSA', 'TXT', 'URI', 'ZONEMD')
        '--lab' = @('textbook', 'address-cycle', 'alias', 'alias-chain', 'alias-loop', 'all-refuse', 'all-silent', 'bad-version', 'deep', 'dname', 'drops-edns', 'drops-large-udp', 'ent', 'garbage', 'glueless', 'in-domain', 'ipv6-only', 'lame', 'loses-tcp', 'no-aa', 'no-edns', 'no-ipv6', 'no-tcp', 'no-udp', 'nodata', 'not-implemented', 'nxdomain', 'nxns', 'parent-and-child', 'parent-child-differ', 'recursive', 'referral-loop', 'refuses', 'servfail', 'silent', 'slow', 'spoofed', 'truncated', 'unreachable', 'upward', 'wildcard', 'wrong-id', 'wrong-question', 'list')
        '--color' = @('auto', 'always', 'never')
        '--show-completion' = @('bash', 'zsh', 'fish', 'powershell')
        '--install-completion' = @('bash', 'zsh', 'fish', 'powershell')
    }
    $said = @($command.CommandElements | Where-Object { $_.Extent.EndOffset -lt $cursor })
    $before = if ($said.Count) { $said[-1].ToString() } else { '' }
    if ($before -cin @('--root-hints', '--trust-anchor')) { return }
    $offered = if ($values.ContainsKey($before)) { $values[$before] }
    elseif ($word.StartsWith('-')) { @('-t', '--type', '-q', '--name', '-x', '--reverse', '--lab', '-4', '--ipv4', '-6', '--ipv6', '-p', '--port', '-b', '--bind', '--tcp', '--timeout', '--tries', '--deadline', '--max-queries', '--bufsize', '--no-edns', '--nsid', '--cookie', '--subnet', '--root-hints', '--prime', '--qmin', '--seed', '--dnssec', '--trust-anchor', '--at', '--short', '--json', '--jsonl', '--color', '-v', '--verbose', '--version', '-h', '--help', '--schema', '--show-completion', '--install-completion', '--no-ipv4', '--no-ipv6', '--no-tcp', '--edns', '--no-nsid', '--no-cookie', '--no-prime', '--no-qmin', '--no-dnssec', '--no-short', '--no-json', '--no-jsonl', '--no-verbose') }
    elseif ($word.StartsWith('+')) { @('+at', '+bind', '+bufsize', '+color', '+cookie', '+deadline', '+dnssec', '+edns', '+ipv4', '+ipv6', '+json', '+jsonl', '+lab', '+max-queries', '+name', '+nocookie', '+nodnssec', '+noedns', '+noipv4', '+noipv6', '+nojson', '+nojsonl', '+nonsid', '+noprime', '+noqmin', '+noshort', '+notcp', '+novc', '+noverbose', '+nsid', '+port', '+prime', '+qmin', '+retry', '+reverse', '+root-hints', '+seed', '+short', '+subnet', '+tcp', '+time', '+timeout', '+trace', '+tries', '+trust-anchor', '+type', '+vc', '+verbose') }
    else { @('A', 'AAAA', 'ANY', 'CAA', 'CDNSKEY', 'CDS', 'CERT', 'CNAME', 'CSYNC', 'DNAME', 'DNSKEY', 'DS', 'HINFO', 'HTTPS', 'LOC', 'MX', 'NAPTR', 'NS', 'NSEC', 'NSEC3PARAM', 'OPENPGPKEY', 'PTR', 'RP', 'RRSIG', 'SMIMEA', 'SOA', 'SPF', 'SRV', 'SSHFP', 'SVCB', 'TLSA', 'TXT', 'URI', 'ZONEMD') }
    $offered | Where-Object { $_ -like "$word*" } | ForEach-Object {
        [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
    }
}
