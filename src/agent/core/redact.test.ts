import assert from "node:assert/strict";
import test from "node:test";
import { redact } from "./redact.ts";

const SECRET = "S3cr3t-hunter2";

/** Commands in which `SECRET` must disappear while everything else stays readable. */
const MUST_CHANGE = [
  `/usr/bin/mysql -u root -p${SECRET} app`,
  `/usr/bin/mysql --password=${SECRET}`,
  `/usr/bin/mysql --password ${SECRET}`,
  `/bin/sh -c 'mysqldump -p${SECRET} db > /tmp/x'`,
  `/bin/tool '--password=${SECRET} with words'`,
  `/bin/tool '--db-password=${SECRET}'`,
  `/bin/tool --token ${SECRET} --verbose`,
  `/bin/tool --api-key=${SECRET}`,
  `/bin/tool --apikey ${SECRET}`,
  `/bin/tool --client-secret '${SECRET} x'`,
  `/bin/tool --access-key-id ${SECRET}`,
  `/bin/tool --pass "${SECRET} more"`,
  `/usr/sbin/sysadminctl -addUser bob -password ${SECRET} -admin`,
  `/usr/sbin/sysadminctl -adminUser it -adminPassword ${SECRET} -deleteUser bob`,
  `/usr/sbin/sysadminctl -newPassword ${SECRET} -oldPassword ${SECRET}`,
  `/usr/bin/dscl . -passwd /Users/bob ${SECRET}`,
  `/usr/bin/dscl . -passwd /Users/bob old${SECRET} ${SECRET}`,
  `/usr/bin/dscl -u diradmin -P ${SECRET} /LDAPv3/x -list /Users`,
  `/usr/bin/security unlock-keychain -p ${SECRET} login.keychain`,
  `/usr/bin/security add-generic-password -a me -s svc -w ${SECRET} /Library/Keychains/System.keychain`,
  `/usr/bin/security import cert.p12 -P ${SECRET} -T /usr/bin/codesign`,
  `/usr/bin/security set-key-partition-list -S apple: -k ${SECRET} x.keychain`,
  `/usr/bin/curl -u bob:${SECRET} https://host/x`,
  `/usr/bin/curl -ubob:${SECRET} https://host/x`,
  `/usr/bin/curl --user bob:${SECRET} https://host/x`,
  `/usr/bin/curl -H 'Authorization: Bearer ${SECRET}' https://host/x`,
  `/usr/bin/curl -H Authorization: Bearer ${SECRET} https://host/x`,
  `/usr/bin/curl -H "Authorization: Basic ${SECRET}" https://host/x`,
  `/usr/bin/curl -H 'authorization: ${SECRET}' https://host/x`,
  `/usr/bin/curl -H 'X-Api-Key: ${SECRET}' https://host/x`,
  `/usr/bin/curl -H 'PRIVATE-TOKEN: ${SECRET}' https://host/x`,
  `/usr/bin/curl -H 'Cookie: a=1; session=${SECRET}' https://host/x`,
  `/usr/bin/curl https://bob:${SECRET}@host/x`,
  `/usr/bin/curl 'https://host/x?token=${SECRET}&y=1'`,
  `/usr/bin/curl https://host/x?a=1&access_token=${SECRET}`,
  `/usr/bin/curl -d '{"user":"bob","password":"${SECRET}"}' https://host/x`,
  `/usr/bin/curl -d {\\"password\\": \\"${SECRET}\\"} https://host/x`,
  `/usr/bin/curl -d 'user=bob&password=${SECRET}' https://host/x`,
  `/sbin/mount_smbfs //bob:${SECRET}@nas/share /Volumes/x`,
  `/usr/bin/git clone https://ghp_0123456789abcdefghij0123456789@github.com/a/b`,
  `/usr/bin/env DB_PASSWORD=${SECRET} /bin/tool`,
  `/usr/bin/env MYSQL_PWD=${SECRET} /bin/tool`,
  `/usr/bin/env GITHUB_TOKEN=${SECRET} AWS_SECRET_ACCESS_KEY=${SECRET} /bin/tool`,
  `/usr/bin/env REDISCLI_AUTH=${SECRET} /bin/tool`,
  `/bin/tool --auth.password=${SECRET} spring.db_token=${SECRET}`,
  `/bin/sh -c 'true; printf ${SECRET} | /usr/bin/sudo -S ls | cat'`,
  `/bin/sh -c 'echo -n   ${SECRET} | su bob; echo ${SECRET} |openssl enc'`,
  `/bin/sh -c 'echo ${SECRET} && echo ${SECRET} | su bob'`,
  `/bin/sh -c 'PASSWORD="${SECRET} two" tool'`,
  `/bin/tool 'Server=x;Uid=sa;Pwd=${SECRET};Encrypt=yes'`,
  `/bin/launchctl setenv NPM_TOKEN ${SECRET}`,
  `/usr/bin/defaults write com.x ApiKey -string ${SECRET}`,
  `/usr/local/bin/sshpass -p ${SECRET} ssh host`,
  `/usr/local/bin/sshpass -p${SECRET} ssh host`,
  `/usr/local/bin/docker login -u bob -p ${SECRET} registry`,
  `/usr/local/bin/redis-cli -a ${SECRET} ping`,
  `/usr/bin/ldapsearch -D cn=x -w ${SECRET} -b dc=x`,
  `/usr/bin/zip -P ${SECRET} out.zip in`,
  `/usr/local/bin/7z a -p${SECRET} out.7z in`,
  `/usr/sbin/htpasswd -b /etc/x bob ${SECRET}`,
  `/usr/bin/openssl rsa -in k -passin pass:${SECRET}`,
  `/usr/bin/openssl enc -aes-256-cbc -k ${SECRET} -in a`,
  `/usr/sbin/networksetup -setairportnetwork en0 'Cafe Wifi' ${SECRET}`,
  `/usr/sbin/networksetup -setwebproxy Wi-Fi proxy 8080 on bob ${SECRET}`,
  `/usr/sbin/diskutil apfs unlockVolume disk1s2 -passphrase ${SECRET}`,
  `/usr/bin/smbclient //h/s -U bob%${SECRET}`,
  `/bin/sh -c 'echo ${SECRET} | sudo -S ls'`,
  `/bin/sh -c "echo '${SECRET}' | /usr/bin/passwd --stdin bob"`,
  `/usr/bin/pwpolicy -a it -p ${SECRET} -u bob -enableuser`,
  `/bin/sh -c 'mysql -p${SECRET} one; mysql -p${SECRET} two'`,
  `/bin/tool -adminPassword ${SECRET} -userPassword ${SECRET}`,
  `/bin/tool 'Server=x;Pwd=${SECRET};Other=1;Pwd=${SECRET}'`,
  `/usr/bin/env 'PASSWORD=two ${SECRET}' tool`,
  `/usr/bin/curl https://host/x?code=${SECRET}&y=1`,
  `/usr/bin/curl -d x https://hooks.slack.com/services/T0/B0/${SECRET}`,
  `/usr/bin/git clone git+ssh2://bob:${SECRET}@host/x`,
  `/usr/bin/git clone https://0123${SECRET}4567@host/x`,
  `/usr/bin/git clone git+https://0123${SECRET}4567@host/x`,
  `/usr/bin/dscl . -passwd  /Users/bob  ${SECRET}  ${SECRET}`,
  `/usr/sbin/htpasswd -cbB  /etc/x  bob  ${SECRET}`,
];

/** Secrets known by their shape, wherever they stand. */
const SHAPES = [
  "AKIAIOSFODNN7EXAMPLE",
  "ghp_0123456789abcdefghij0123456789abcdef",
  "github_pat_11ABCDEFG0123456789_abcdefghijkl",
  "glpat-abcdefghij0123456789",
  ["xox", "b-123456789012-abcdefABCDEF"].join(""),
  ["sk_", "live_0123456789abcdefABCD"].join(""),
  "sk-ant-api03-0123456789abcdef",
  "AIzaSyA1234567890abcdefghijklmnopqrstuvw",
  "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
  "npm_0123456789abcdefghijABCDEFGHIJ012345",
  "hvs.CAESIJ0123456789abcdefghij",
  "ABCD-1234-EFGH-5678-IJKL-9012",
  "h4W0-r1DyCq5x_Zk3vB7nM2tL9sQ8pJ6gF1dS0aX4eQ",
];

/** Commands that hold no secret and must come through as they are. */
const MUST_STAY = [
  "Nov 22 09:36:12 2026 : labu : TTY=ttys001 ; PWD=/tmp ; USER=root ; COMMAND=/bin/echo one 'two words' it\\'s",
  "Nov 22 09:36:12 2026 : labu : user NOT in sudoers ; PWD=/x ; USER=root ; COMMAND=/bin/ls /",
  "Nov 22 09:36:12 2026 : labu : 3 incorrect password attempts ; TTY=ttys001 ; PWD=/tmp ; USER=root ; COMMAND=/bin/ls",
  "Nov 22 09:36:12 2026 : labu : a password is required ; PWD=/tmp ; USER=root ; COMMAND=/bin/ls",
  "COMMAND=/usr/bin/passwd bob",
  "COMMAND=/sbin/ping -w 5 host",
  "COMMAND=/usr/bin/xargs -P 4 -n 1 gzip",
  "COMMAND=/usr/bin/curl -k https://host/x",
  "COMMAND=/usr/bin/tool -U one%two",
  "COMMAND=/usr/bin/mysql -p -u root",
  "COMMAND=/usr/local/bin/7z x -p -y out.7z",
  "COMMAND=/usr/bin/git clone https://fifteen-letters@host/x",
  "COMMAND=/usr/sbin/htpasswd -cB /etc/x bob",
  "COMMAND=/usr/sbin/softwareupdate -i -a",
  "COMMAND=/usr/sbin/installer -pkg /tmp/Docker.pkg -target /",
  "COMMAND=/usr/bin/docker login --password-stdin registry",
  "COMMAND=/usr/bin/tool --password-file /etc/pw --token-ttl 60",
  "COMMAND=/usr/bin/tool --private-key /Users/bob/keys/host.pem",
  "COMMAND=/usr/bin/ssh -p 2222 -i /Users/bob/.ssh/id_ed25519 git@github.com",
  "COMMAND=/bin/mkdir -p /usr/local/secrets/tokens",
  "COMMAND=/usr/bin/docker run -u 501:20 -p 8080:80 --user 501:20 nginx",
  "COMMAND=/usr/bin/git clone https://github.com/a/b.git",
  "COMMAND=/usr/bin/git clone ssh://git@github.com/a/b.git",
  "COMMAND=/usr/bin/env TOKENIZERS_PARALLELISM=false SSH_AUTH_SOCK=/private/tmp/x /bin/ls",
  "COMMAND=/usr/bin/env DB_PASSWORD_FILE=/run/secrets/db /bin/ls",
  "COMMAND=/usr/bin/mysql -u root -p app",
  "COMMAND=/usr/bin/shasum -a 256 -c 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  "COMMAND=/usr/sbin/dseditgroup -o edit -a bob -t user admin",
  "COMMAND=/usr/bin/security find-certificate -a -Z /Library/Keychains/System.keychain",
  "COMMAND=/usr/bin/tee /etc/sudoers.d/token_rules",
  "COMMAND=/bin/launchctl print system/com.x.3F2504E0-4F89-11D3-9A0C-0305E82C3301",
];

test("W23 L12 passwords, tokens and keys in sudo commands are redacted", () => {
  for (const command of MUST_CHANGE) {
    const line = `Nov 22 09:36:12 2026 : labu : TTY=ttys001 ; PWD=/tmp ; USER=root ; COMMAND=${command}`;
    const redacted = redact(line);
    assert.ok(!redacted.includes(SECRET), `${command}\n  became ${redacted}`);
    assert.ok(redacted.includes("[redacted]"), command);
    const program = command.split(" ")[0] as string;
    assert.ok(redacted.includes(`PWD=/tmp ; USER=root ; COMMAND=${program}`), redacted);
  }
});

test("L12 tokens are known by their shape alone", () => {
  for (const shape of SHAPES) {
    for (const line of [
      `COMMAND=/bin/echo ${shape}`,
      `COMMAND=/bin/tool '${shape}' x`,
      `COMMAND=/bin/t a=${shape}`,
    ]) {
      assert.ok(!redact(line).includes(shape), line);
    }
  }
  const key = redact(
    "COMMAND=/bin/echo '-----BEGIN RSA PRIVATE KEY-----#012MIIEabc#012-----END RSA PRIVATE KEY-----' x",
  );
  assert.equal(key, "COMMAND=/bin/echo '[redacted]' x");
});

test("L12 what holds no secret is not touched", () => {
  for (const line of MUST_STAY) assert.equal(redact(line), line);
});

test("L12 redaction takes the secret and nothing of the commands around it", () => {
  assert.equal(
    redact("COMMAND=/bin/sh -c 'mysql -phunter2 app; rm -rf /tmp/x'"),
    "COMMAND=/bin/sh -c 'mysql -p[redacted] app; rm -rf /tmp/x'",
  );
  assert.equal(
    redact("COMMAND=/bin/tool --token abc --then evil"),
    "COMMAND=/bin/tool --token [redacted] --then evil",
  );
  assert.equal(
    redact("COMMAND=/usr/bin/curl -u bob:pw -o /etc/sudoers.d/x https://host"),
    "COMMAND=/usr/bin/curl -u [redacted] -o /etc/sudoers.d/x https://host",
  );
});

test("L12 redaction settles: a second pass changes nothing", () => {
  for (const command of [...MUST_CHANGE, ...SHAPES, ...MUST_STAY]) {
    const once = redact(command);
    assert.equal(redact(once), once);
  }
});

// What takes the square of the length would take hours for such a line: the limit of the whole run is its end.
test("L12 a line of a megabyte is redacted without delay", () => {
  const fillers = ["a", "-", "a ", "'", "a=", "--token=", "x:", "//", "eyJ", "\\"];
  const anew = ["a.", "echo ", "echo a|", "echo\t\t", "--user=", "-----BEGIN PRIVATE KEY-----\r", "?a", "; "];
  for (const filler of [...fillers, ...anew, " "]) {
    const line = `${filler.repeat(1_000_000 / filler.length)} --password ${SECRET}`;
    assert.ok(!redact(line).includes(SECRET), filler);
  }
});

test("L12 what is said into a pipe at the very start of a line goes, too", () => {
  assert.equal(redact(`echo ${SECRET} | sudo -S ls`), "echo [redacted] | sudo -S ls");
});
