# Completion of dnstrace. Made by `python -m dnstrace.cli.about.generate`: change that, not this.

_dnstrace() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} IFS=$' \t\n'
    local out=' ' each offered
    # bash splits --option=value into three words
    [[ $word == = ]] && word=
    [[ $before == = ]] && before=${COMP_WORDS[COMP_CWORD-2]}
    COMPREPLY=()
    case $before in
        -t|--type) COMPREPLY=($(compgen -W 'A AAAA ANY CAA CDNSKEY CDS CERT CNAME CSYNC DNAME DNSKEY DS HINFO HTTPS LOC MX NAPTR NS NSEC NSEC3PARAM OPENPGPKEY PTR RP RRSIG SMIMEA SOA SPF SRV SSHFP SVCB TLSA TXT URI ZONEMD' -- "$word")); return ;;
        -q|--name) :; return ;;
        -x|--reverse) :; return ;;
        --lab) COMPREPLY=($(compgen -W 'textbook address-cycle adot adot-faulty alias alias-at-apex alias-chain alias-chain-given-up alias-chain-long alias-dangling alias-dangling-compact alias-loop alias-loop-across alias-nxdomain all-drip all-empty all-lame all-mismatch all-refuse all-silent all-silent-shared answers-agree answers-below-cut answers-chosen answers-differ answers-stale any-sparse bad-cookie bad-version caa-on-one case-sensitive case-sensitive-below child-on-one cname-and-data cname-and-text cname-twice cname-unlike-dname csync csync-glue csync-unusable deep deleg deleg-absent deleg-asked denies-as-apex dname dname-and-cname dnssec-algorithm-10 dnssec-algorithm-14 dnssec-algorithm-15 dnssec-algorithm-16 dnssec-algorithm-18 dnssec-algorithm-8 dnssec-algorithm-unassigned dnssec-algorithm-unsigned dnssec-alias dnssec-alias-insecure dnssec-alias-into-wildcard dnssec-alias-to-island dnssec-all-fail dnssec-all-refuse dnssec-all-silent dnssec-altered-data dnssec-altered-ttl dnssec-bad-nsec dnssec-bad-nsec-signature dnssec-bad-nsec-types dnssec-bad-nsec3 dnssec-bad-nsec3-signature dnssec-bad-nsec3-types dnssec-bootstrap dnssec-bootstrap-differs dnssec-bootstrap-incomplete dnssec-bootstrap-insecure dnssec-bootstrap-unanswered dnssec-cds dnssec-cds-alone dnssec-cds-contradicts dnssec-cds-delete dnssec-cds-differs dnssec-cds-idle-key dnssec-cds-mixed dnssec-cds-one dnssec-cds-standby dnssec-compact-nodata dnssec-compact-nxdomain dnssec-compact-wildcard dnssec-cut-at-alias dnssec-cut-denied dnssec-denial-against-parameters dnssec-denial-contradicts-nsec dnssec-denial-contradicts-nsec3 dnssec-denial-mixed dnssec-denial-twice dnssec-digest-left-over dnssec-digest-strongest-wrong dnssec-digest-weak dnssec-digest-wrong-sha1-right dnssec-digests dnssec-dname dnssec-dname-apex dnssec-ds-from-child dnssec-ds-miscalled dnssec-ds-odd-beside dnssec-ds-of-other-key dnssec-ds-short dnssec-ds-stale dnssec-ds-stale-algorithm dnssec-ds-type-zero dnssec-ds-undelegated dnssec-early-signatures dnssec-ent-nxdomain dnssec-expired dnssec-expired-one dnssec-expiring dnssec-good dnssec-good-one-key dnssec-island dnssec-island-unsigned dnssec-iterations dnssec-key-malformed dnssec-key-small dnssec-key-tiny dnssec-key-without-modulus dnssec-keys-differ dnssec-keys-need-tcp dnssec-keys-silent dnssec-missing-key dnssec-no-denial dnssec-no-dnskey dnssec-no-dnskey-one-silent dnssec-not-yet-valid dnssec-nsec-empty dnssec-nsec-insecure-child dnssec-nsec-nodata dnssec-nsec-nxdomain dnssec-nsec-outside-zone dnssec-nsec-wildcard dnssec-nsec-wildcard-empty dnssec-nsec-wildcard-nodata dnssec-nsec3-empty dnssec-nsec3-insecure-child dnssec-nsec3-nodata dnssec-nsec3-nxdomain dnssec-nsec3-wildcard dnssec-nsec3-wildcard-nodata dnssec-nsec3param-multiple dnssec-nsec3param-unknown dnssec-opt-out dnssec-opt-out-nxdomain dnssec-parent-no-denial dnssec-revoked dnssec-same-tag dnssec-sha1 dnssec-sha1-nsec3 dnssec-short-lived dnssec-signatures-sparse dnssec-strips-all dnssec-strips-one dnssec-sub-zone-undelegated dnssec-type-list-short dnssec-unknown-algorithm dnssec-unknown-digest dnssec-unsigned-copy dnssec-unsigned-data dnssec-unsigned-keys dnssec-unsigned-with-ds dnssec-wrong-digest dnssec-wrong-signer drip drops-denials drops-edns drops-large-udp dsync echoes-options edns-refused edns-version-silent empty endless endless-aliases endless-dname ent ent-above-delegation ent-nxdomain foreign-soa format-error garbage glue glue-on-request glue-only-above glueless grandparent-hosts host-glue-stale host-unreachable hosts-mixed http-elsewhere http-expired http-one-family http-private http-redirect http-refused http-wrong-name huge in-domain intercepted internal-delegation ipv6-only lame loopback-glue loses-tcp lowers-case machines-differ missing-glue missing-glue-below missing-glue-many moved-with-old-ns mx-address mx-alias mx-missing mx-null-and-others mx-without-dot name-fails negative-without-soa no-aa no-edns no-ipv6 no-tcp no-udp nodata not-delegated-at-one not-implemented ns-disjoint ns-missing ns-names ns-sets-differ nxdomain nxdomain-at-apex nxdomain-beside-data nxns old-hints one-address one-ipv4-address one-network open-recursion open-transfer option-drops-authority other-name own-servers-dead packet-loss parent-and-child parent-child-differ parent-server-refuses parent-servers-differ record-malformed record-odd recursive referral-loop referral-with-soa referrals-authoritative refuses replies-elsewhere report-channel resolver-dns64 resolver-filtered resolver-keys-stale resolver-own-zone resolver-public resolver-same resolver-servfail resolver-split resolver-stale reverse-handed-over same-address self-referral serves-both servfail short-ns-ttl sideways silent slow soa-clock soa-fields soa-missing soa-multiple soa-serial-reset soa-several-primaries soa-stale soa-timers spoofed stopped sub-zone sub-zone-left-over tcp-refused tld-fails truncated truncated-over-tcp ttl-differs two-types-and-alias type-silent types-not-implemented undelegated unreachable unreliable unreliable-silent upward wildcard wildcard-hidden wrong-class wrong-id wrong-question zone-version list new' -- "$word")); return ;;
        --from) COMPREPLY=($(compgen -W 'here' -- "$word")); return ;;
        --serve) COMPREPLY=($(compgen -W 'ports addresses' -- "$word")); return ;;
        -p|--port) :; return ;;
        -b|--bind) :; return ;;
        --timeout) :; return ;;
        --tries) :; return ;;
        --deadline) :; return ;;
        --max-queries) :; return ;;
        --bufsize) :; return ;;
        --subnet) :; return ;;
        --root-hints) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
        --seed) :; return ;;
        --trust-anchor) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
        --at) :; return ;;
        --resolver) COMPREPLY=($(compgen -W 'system public cloudflare google opendns quad9' -- "$word")); return ;;
        --undelegated) :; return ;;
        --ds) :; return ;;
        --expect) :; return ;;
        --fail-on) COMPREPLY=($(compgen -W 'error warning notice never' -- "$word")); return ;;
        --ignore) :; return ;;
        --ignore-file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
        --level) COMPREPLY=($(compgen -W 'error warning notice' -- "$word")); return ;;
        --format) COMPREPLY=($(compgen -W 'sarif junit prometheus nagios markdown github' -- "$word")); return ;;
        --html) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
        --svg) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
        --color) COMPREPLY=($(compgen -W 'auto always never' -- "$word")); return ;;
        -f|--file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
        --concurrency) :; return ;;
        --workers) :; return ;;
        --rate) :; return ;;
        --dask) :; return ;;
        -o|--out) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
        --save) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
        --replay) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
        --diff) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
        --watch) :; return ;;
        --until) COMPREPLY=($(compgen -W 'ok change' -- "$word")); return ;;
        --drop) :; return ;;
        --pcap) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$word")); return ;;
        --explain) COMPREPLY=($(compgen -W 'list words intercepted possibly-intercepted hints-outdated answers-below-cut referral-with-soa foreign-soa ns-missing unreachable no-udp lame-server refuses fails upward-referral not-authoritative wrong-reply malformed-reply packet-loss replies-too-large unreliable stopped-answering machines-differ type-fails no-tcp truncated-over-tcp no-edns drops-edns drops-large-udp edns-version edns-option case-not-kept open-recursion open-transfer case-sensitive ns-differs ns-differs-between-servers ns-ttl-differs hosts-mixed zone-left-over parent-servers-differ csync-unusable too-few-servers one-network no-ipv4 referral-too-large same-address cyclic-dependency referral-endless ns-name-unresolvable ns-name-alias ns-name-is-address ns-name-in-invalid-syntax ns-address-special glue-missing glue-differs glue-only-in-parent glue-superfluous soa-missing soa-multiple soa-differs soa-mname soa-timers domain-not-delegated nxdomain-beside-data ent-nxdomain wildcard-hidden answers-differ negative-without-soa alias-loop alias-chain-long alias-dangling alias-at-apex alias-beside-data nxdomain-with-answer dname-too-long cname-unlike-dname target-without-dot target-is-address target-missing target-alias null-target-beside-others record-malformed ds-digest-wrong ds-without-delegation ds-without-dnskey ds-stale dnskey-without-ds dnskey-differs algorithm-weak digest-weak algorithm-unsupported key-malformed key-small algorithm-not-recommended keys-not-signed signature-missing signature-bad signature-expired signature-not-yet-valid signature-expiring signature-algorithm-missing denial-contradicts-data cut-denied nsec-outside-zone denial-broken nsec3-iterations denial-mixed nsec3-unknown nsec3param-multiple ds-from-child cds-differs cds-inconsistent cds-unusable cds-alone signal-incomplete signal-differs signal-insecure chain-broken tls-answer-differs tls-no-reply tls-certificate-expired resolver-stale resolver-keys-stale resolver-fails resolver-differs unexplained AA AD alias apex bailiwick bogus cache CD chain-of-trust closest-encloser compact-denial CSYNC cut delegation DNSKEY DNSSEC DS DSYNC EDE EDNS ENT FORMERR forwarder glue hint indeterminate insecure lame-delegation name-server negative-caching NODATA NOERROR NOTIMP NSEC NXDOMAIN opt-out parent path primary priming probe QNAME-minimisation RA RCODE RD referral REFUSED registry rehearsal resolver root RRset RRSIG secure serial SERVFAIL sibling-glue SOA split-horizon stale-data step truncation trust-anchor TTL upward-referral wildcard zone' -- "$word")); return ;;
        --as-place) :; return ;;
        --show-completion) COMPREPLY=($(compgen -W 'bash zsh fish powershell' -- "$word")); return ;;
        --install-completion) COMPREPLY=($(compgen -W 'bash zsh fish powershell' -- "$word")); return ;;
    esac
    # what the other words on the line exclude is not offered
    for each in "${COMP_WORDS[@]:1}"; do case $each in
        -q|--name) out+='-f --file ' ;;
        -x|--reverse) out+='-f --file ' ;;
        --lab) out+='--from --dask --replay ' ;;
        --from) out+='--lab --serve --http --mermaid --format --svg --workers --rate --dask --replay --watch --pcap ' ;;
        --serve) out+='--from --dask --replay ' ;;
        -4|--ipv4) out+='-6 --ipv6 ' ;;
        -6|--ipv6) out+='-4 --ipv4 ' ;;
        --bufsize) out+='--no-edns ' ;;
        --no-edns) out+='--bufsize --nsid --zoneversion --cookie --subnet --check --dnssec --trust-anchor --ds ' ;;
        --nsid) out+='--no-edns ' ;;
        --zoneversion) out+='--no-edns ' ;;
        --cookie) out+='--no-edns ' ;;
        --subnet) out+='--no-edns ' ;;
        --check) out+='--no-edns --parent-only ' ;;
        --dnssec) out+='--no-edns --parent-only ' ;;
        --trust-anchor) out+='--no-edns --parent-only --no-dnssec ' ;;
        --at) out+='--parent-only --no-dnssec ' ;;
        --resolver) out+='--parent-only ' ;;
        --adot) out+='-f --file ' ;;
        --parent-only) out+='--check --dnssec --trust-anchor --at --resolver --ds --http ' ;;
        --ds) out+='--no-edns --parent-only ' ;;
        --level) out+='--json --jsonl --format ' ;;
        --http) out+='--from --parent-only -f --file --replay --diff --watch ' ;;
        --short) out+='--json --jsonl --mermaid --dot --format ' ;;
        --json) out+='--level --short --jsonl --mermaid --dot --format -f --file ' ;;
        --jsonl) out+='--level --short --json --mermaid --dot --format ' ;;
        --mermaid) out+='--from --short --json --jsonl --dot --format -f --file ' ;;
        --dot) out+='--short --json --jsonl --mermaid --format -f --file ' ;;
        --brief) out+='-v --verbose --explain-steps ' ;;
        --format) out+='--from --level --short --json --jsonl --mermaid --dot --only-bad --diff --watch ' ;;
        --html) out+='--resume --diff --watch ' ;;
        --svg) out+='--from -f --file --diff --watch ' ;;
        -v|--verbose) out+='--brief ' ;;
        --explain-steps) out+='--brief ' ;;
        -f|--file) out+='-q --name -x --reverse --adot --http --json --mermaid --dot --svg --save --replay --diff --watch --pcap ' ;;
        --workers) out+='--from --dask ' ;;
        --rate) out+='--from ' ;;
        --dask) out+='--lab --from --serve --workers ' ;;
        --resume) out+='--html --only-bad ' ;;
        --only-bad) out+='--format --resume ' ;;
        --save) out+='-f --file --diff --watch ' ;;
        --replay) out+='--lab --from --serve --http -f --file ' ;;
        --diff) out+='--http --format --html --svg -f --file --save --watch --pcap ' ;;
        --watch) out+='--from --http --format --html --svg -f --file --save --diff --pcap ' ;;
        --pcap) out+='--from -f --file --diff --watch ' ;;
        --no-dnssec) out+='--trust-anchor --at ' ;;
    esac; done
    case $word in
        -*) offered=$(compgen -W '-t --type -q --name -x --reverse --lab --from --serve -4 --ipv4 -6 --ipv6 -p --port -b --bind --tcp --timeout --tries --deadline --max-queries --bufsize --no-edns --nsid --zoneversion --cookie --subnet --root-hints --prime --qmin --seed -a --all-servers --check --dnssec --trust-anchor --at --resolver --adot --parent-only --undelegated --ds --expect --fail-on --ignore --ignore-file --level --http --short --json --jsonl --mermaid --dot --brief --format --html --svg --color -v --verbose --explain-steps -f --file --concurrency --workers --rate --no-share --dask -o --out --resume --retry-failed --only-bad --ordered --save --replay --diff --watch --until --drop --pcap --force --version -h --help --schema --explain --as-place --show-config --no-config --show-completion --install-completion --no-ipv4 --no-ipv6 --no-tcp --edns --no-nsid --no-zoneversion --no-cookie --no-prime --no-qmin --no-all-servers --no-check --no-dnssec --no-adot --no-parent-only --no-http --no-short --no-json --no-jsonl --no-mermaid --no-dot --no-brief --no-verbose --no-explain-steps --share --no-resume --no-retry-failed --no-only-bad --no-ordered --no-force --config' -- "$word")
            for each in $offered; do [[ $out == *" $each "* ]] || COMPREPLY+=("$each"); done ;;
        +*) COMPREPLY=($(compgen -W '+adot +all-servers +at +bind +brief +bufsize +check +color +concurrency +config +cookie +dask +deadline +diff +dnssec +dot +drop +ds +edns +expect +explain-steps +fail-on +file +force +format +from +html +http +ignore +ignore-file +ipv4 +ipv6 +json +jsonl +lab +level +max-queries +mermaid +name +noadot +noall-servers +nobrief +nocheck +noconfig +nocookie +nodnssec +nodot +noedns +noexplain-steps +noforce +nohttp +noipv4 +noipv6 +nojson +nojsonl +nomermaid +nonsid +noonly-bad +noordered +noparent-only +noprime +noqmin +nordflag +norec +norecurse +noresume +noretry-failed +noshare +noshort +notcp +novc +noverbose +nozoneversion +nsid +only-bad +ordered +out +parent-only +pcap +port +prime +qmin +rate +replay +resolver +resume +retry +retry-failed +reverse +root-hints +save +seed +share +short +subnet +svg +tcp +time +timeout +trace +tries +trust-anchor +type +undelegated +until +vc +verbose +watch +workers +zoneversion' -- "$word")) ;;
        *) COMPREPLY=($(compgen -W 'A AAAA ANY CAA CDNSKEY CDS CERT CNAME CSYNC DNAME DNSKEY DS HINFO HTTPS LOC MX NAPTR NS NSEC NSEC3PARAM OPENPGPKEY PTR RP RRSIG SMIMEA SOA SPF SRV SSHFP SVCB TLSA TXT URI ZONEMD' -- "$word")) ;;
    esac
}

complete -F _dnstrace dnstrace
