BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0003');
CREATE TABLE api_key (
	id TEXT NOT NULL, 
	name TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	CONSTRAINT pk_api_key PRIMARY KEY (id), 
	CONSTRAINT uq_api_key_digest UNIQUE (digest), 
	CONSTRAINT ck_api_key_ck_api_key_scope CHECK (scope IN ('read', 'write', 'admin'))
);
INSERT INTO "api_key" VALUES('c81a1a60','a phone''s key','read','4e55985d9eaa355ab29b5431296ad6e6dd670b776fd64c6dd86adfa2c7a424c0','2026-11-23 04:52:58.582683',NULL);
CREATE TABLE catalogue_reference (
	coin_type_id INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	catalogue TEXT, 
	number TEXT NOT NULL, 
	CONSTRAINT pk_catalogue_reference PRIMARY KEY (coin_type_id, position), 
	CONSTRAINT fk_catalogue_reference_coin_type_id FOREIGN KEY(coin_type_id) REFERENCES coin_type (id) ON DELETE CASCADE
);
INSERT INTO "catalogue_reference" VALUES(4,0,NULL,'Plekszy');
INSERT INTO "catalogue_reference" VALUES(1,0,'KM#','1');
INSERT INTO "catalogue_reference" VALUES(1,1,'Hentzau','4');
CREATE TABLE coin_image (
	id TEXT NOT NULL, 
	design_id INTEGER NOT NULL, 
	filename TEXT NOT NULL, 
	format TEXT NOT NULL, 
	width INTEGER NOT NULL, 
	height INTEGER NOT NULL, 
	description TEXT, 
	credit TEXT, 
	license TEXT, 
	media_digest TEXT, 
	attributes JSON NOT NULL, 
	CONSTRAINT pk_coin_image PRIMARY KEY (id), 
	CONSTRAINT fk_coin_image_design_id FOREIGN KEY(design_id) REFERENCES design (id) ON DELETE CASCADE
);
INSERT INTO "coin_image" VALUES('41b484888b8ea7dab6b43d286d9a566268fab5c485a313431957e75ab4735150',1,'rur-crown obverse 0.bmp','BMP',32,32,NULL,'Somebody''s "cabinet"','CC0','41b484888b8ea7dab6b43d286d9a566268fab5c485a313431957e75ab4735150','{"mint": "Strelsau"}');
INSERT INTO "coin_image" VALUES('3752ad34a0f2f522e0b1ae93704b5b82c57898b6077547291f5a3209098918ab',1,'rur-crown obverse 1.bmp','BMP',32,32,NULL,'Somebody''s "cabinet"','CC0','3752ad34a0f2f522e0b1ae93704b5b82c57898b6077547291f5a3209098918ab','{"mint": "Strelsau"}');
INSERT INTO "coin_image" VALUES('895ab19f3db4fa9a97c6efcd818fcafb127b3d00d7544c130c7e21678cea5f7c',2,'rur-crown reverse 0.bmp','BMP',32,32,NULL,'Somebody''s "cabinet"','CC0','895ab19f3db4fa9a97c6efcd818fcafb127b3d00d7544c130c7e21678cea5f7c','{"mint": "Strelsau"}');
INSERT INTO "coin_image" VALUES('307b456aecedcce9fe6cdaf7e56872ec941672a4d76ebc184971fe981290e444',3,'rur-heller obverse 0.bmp','BMP',32,32,NULL,NULL,NULL,'307b456aecedcce9fe6cdaf7e56872ec941672a4d76ebc184971fe981290e444','{"mint": "Zenda''s mint"}');
INSERT INTO "coin_image" VALUES('e7033d3df232081f057fb93759cd60a2cb8623f81b27a6ab82d5450e56738f98',3,'rur-heller obverse 1.bmp','BMP',32,32,NULL,NULL,NULL,'e7033d3df232081f057fb93759cd60a2cb8623f81b27a6ab82d5450e56738f98','{"mint": "Zenda''s mint"}');
INSERT INTO "coin_image" VALUES('a8fb1992f07742b2f2a49454474a9530c400126471ce219f68d99503500876b7',4,'rur-heller reverse 0.bmp','BMP',32,32,NULL,NULL,NULL,'a8fb1992f07742b2f2a49454474a9530c400126471ce219f68d99503500876b7','{"mint": "Zenda''s mint"}');
INSERT INTO "coin_image" VALUES('1d5275a2192b941b48678ad923d0771c3861d94612b0d6cd62014f49a1edee68',5,'syl-dollar obverse 0.bmp','BMP',32,32,NULL,NULL,NULL,'1d5275a2192b941b48678ad923d0771c3861d94612b0d6cd62014f49a1edee68','{}');
INSERT INTO "coin_image" VALUES('a562b8993a47f684ebd193242bc9204cbf766281accf26d568d7f9979a5f7d20',5,'syl-dollar obverse 1.bmp','BMP',32,32,NULL,NULL,NULL,'a562b8993a47f684ebd193242bc9204cbf766281accf26d568d7f9979a5f7d20','{}');
INSERT INTO "coin_image" VALUES('336e282ea55c546938335ceb6c41607fc052376ceae87dc1a6e237bbbfb18afd',6,'syl-dollar reverse 0.bmp','BMP',32,32,NULL,NULL,NULL,'336e282ea55c546938335ceb6c41607fc052376ceae87dc1a6e237bbbfb18afd','{}');
INSERT INTO "coin_image" VALUES('8ee6ec790a96e2e49df94b53dc2a19f192b49f17c476ee629643049fcd017f66',7,'bor-tael obverse 0.bmp','BMP',32,32,NULL,NULL,NULL,'8ee6ec790a96e2e49df94b53dc2a19f192b49f17c476ee629643049fcd017f66','{}');
INSERT INTO "coin_image" VALUES('fb719ab396473043de98933f89b25cd64c9ee82644bc7ce1b9963a91d9e2ce99',8,'bor-tael reverse 0.bmp','BMP',32,32,NULL,NULL,NULL,'fb719ab396473043de98933f89b25cd64c9ee82644bc7ce1b9963a91d9e2ce99','{}');
CREATE TABLE coin_type (
	id INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	issuer_id INTEGER NOT NULL, 
	denomination_id INTEGER NOT NULL, 
	currency_id INTEGER, 
	value BIGINT, 
	title TEXT NOT NULL, 
	composition TEXT, 
	diameter_mm DOUBLE, 
	weight_g DOUBLE, 
	shape TEXT, 
	numista_id TEXT, 
	reference_text TEXT, 
	CONSTRAINT pk_coin_type PRIMARY KEY (id), 
	CONSTRAINT uq_coin_type_key UNIQUE ("key"), 
	CONSTRAINT fk_coin_type_issuer_id FOREIGN KEY(issuer_id) REFERENCES issuer (id), 
	CONSTRAINT fk_coin_type_denomination_id FOREIGN KEY(denomination_id) REFERENCES denomination (id), 
	CONSTRAINT fk_coin_type_currency_id FOREIGN KEY(currency_id) REFERENCES currency (id)
);
INSERT INTO "coin_type" VALUES(1,'rur-crown',2,1,1,1000000,'1 crown, Rudolf the Fourth','silver .900',27.5,11.1,'round','N# 1','KM# 1; Hentzau 4');
INSERT INTO "coin_type" VALUES(2,'rur-heller',2,2,NULL,20000,'Ruritania, 2 heller',NULL,19.05,NULL,NULL,NULL,NULL);
INSERT INTO "coin_type" VALUES(3,'syl-dollar',3,4,NULL,500000,'Syldavië 100%, ½ khôr',NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "coin_type" VALUES(4,'bor-tael',1,3,NULL,NULL,'Borduria, tæl',NULL,NULL,NULL,NULL,NULL,'Plekszy');
CREATE TABLE currency (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	CONSTRAINT pk_currency PRIMARY KEY (id), 
	CONSTRAINT uq_currency_name UNIQUE (name)
);
INSERT INTO "currency" VALUES(1,'Ruritanian crown');
CREATE TABLE denomination (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	CONSTRAINT pk_denomination PRIMARY KEY (id), 
	CONSTRAINT uq_denomination_name UNIQUE (name)
);
INSERT INTO "denomination" VALUES(1,'1 crown');
INSERT INTO "denomination" VALUES(2,'2 heller');
INSERT INTO "denomination" VALUES(3,'tæl');
INSERT INTO "denomination" VALUES(4,'½ khôr');
CREATE TABLE design (
	id INTEGER NOT NULL, 
	coin_type_id INTEGER NOT NULL, 
	side TEXT NOT NULL, 
	"key" TEXT NOT NULL, 
	year_from INTEGER, 
	year_to INTEGER, 
	CONSTRAINT pk_design PRIMARY KEY (id), 
	CONSTRAINT uq_design_coin_type_id_side_key UNIQUE (coin_type_id, side, "key"), 
	CONSTRAINT ck_design_ck_design_side CHECK (side IN ('obverse', 'reverse')), 
	CONSTRAINT ck_design_ck_design_years CHECK (year_from <= year_to), 
	CONSTRAINT fk_design_coin_type_id FOREIGN KEY(coin_type_id) REFERENCES coin_type (id) ON DELETE CASCADE
);
INSERT INTO "design" VALUES(1,1,'obverse','o1',1878,1902);
INSERT INTO "design" VALUES(2,1,'reverse','r1',1878,1902);
INSERT INTO "design" VALUES(3,2,'obverse','o1',1899,NULL);
INSERT INTO "design" VALUES(4,2,'reverse','r1',1899,NULL);
INSERT INTO "design" VALUES(5,3,'obverse','o1',NULL,1939);
INSERT INTO "design" VALUES(6,3,'reverse','r1',NULL,1939);
INSERT INTO "design" VALUES(7,4,'obverse','o1',NULL,NULL);
INSERT INTO "design" VALUES(8,4,'reverse','r1',NULL,NULL);
CREATE TABLE embedding (
	generation_id INTEGER NOT NULL, 
	image_id TEXT NOT NULL, 
	vector BLOB NOT NULL, 
	CONSTRAINT pk_embedding PRIMARY KEY (generation_id, image_id), 
	CONSTRAINT fk_embedding_generation_id FOREIGN KEY(generation_id) REFERENCES generation (id) ON DELETE CASCADE, 
	CONSTRAINT fk_embedding_image_id FOREIGN KEY(image_id) REFERENCES coin_image (id) ON DELETE CASCADE
);
INSERT INTO "embedding" VALUES(1,'41b484888b8ea7dab6b43d286d9a566268fab5c485a313431957e75ab4735150',X'07E782BE9270283D0FD19D3E99168C3E8190D1BD6F088DBEFD7F20BE8943A53D5986B93DE9F443BE782C07BEE00AA9BDE00AA9BD175C053F93E1CEBE4735BC3E');
INSERT INTO "embedding" VALUES(1,'3752ad34a0f2f522e0b1ae93704b5b82c57898b6077547291f5a3209098918ab',X'07E782BE9270283D0FD19D3E99168C3E8190D1BD6F088DBEFD7F20BE8943A53D5986B93DE9F443BE782C07BEE00AA9BDE00AA9BD175C053F93E1CEBE4735BC3E');
INSERT INTO "embedding" VALUES(1,'895ab19f3db4fa9a97c6efcd818fcafb127b3d00d7544c130c7e21678cea5f7c',X'8175FEBDF363BCBD94E087BEBDB93E3EE913B63E019C53BDC9A474BD1989783E3A9332BD9D969EBE9E1743BD1287DCBE523392BEC93DDB3E071D4B3E3B2C993E');
INSERT INTO "embedding" VALUES(1,'307b456aecedcce9fe6cdaf7e56872ec941672a4d76ebc184971fe981290e444',X'2752B23C841F783E7246683E3FABD8BEBEDB653C841F783E4E16ADBE714AB1BDC897E0BE729AFA3DC37287BEE7B504BD1C77543E6FD82C3EC734D53E5F71A1BD');
INSERT INTO "embedding" VALUES(1,'e7033d3df232081f057fb93759cd60a2cb8623f81b27a6ab82d5450e56738f98',X'2752B23C841F783E7246683E3FABD8BEBEDB653C841F783E4E16ADBE714AB1BDC897E0BE729AFA3DC37287BEE7B504BD1C77543E6FD82C3EC734D53E5F71A1BD');
INSERT INTO "embedding" VALUES(1,'a8fb1992f07742b2f2a49454474a9530c400126471ce219f68d99503500876b7',X'9BE853BE2B79433EDE30C5BEEB26CBBDA54492BE00481D3E04A7EB3EBDAD043F31DF083D76FC3A3EC48F6CBD7F723ABE59C19ABED67BEBBC67B7A0BDBEC4B23D');
INSERT INTO "embedding" VALUES(1,'1d5275a2192b941b48678ad923d0771c3861d94612b0d6cd62014f49a1edee68',X'5AE753BE536F45BE8E9179BD891E073FC37C7ABE11BA683D4D3EDDBD8CC7AD3ECE0FABBE3BE1D8BE445EC33C2AAA953E2884543E8B44083D8E9179BD0BA41A3E');
INSERT INTO "embedding" VALUES(1,'a562b8993a47f684ebd193242bc9204cbf766281accf26d568d7f9979a5f7d20',X'5AE753BE536F45BE8E9179BD891E073FC37C7ABE11BA683D4D3EDDBD8CC7AD3ECE0FABBE3BE1D8BE445EC33C2AAA953E2884543E8B44083D8E9179BD0BA41A3E');
INSERT INTO "embedding" VALUES(1,'336e282ea55c546938335ceb6c41607fc052376ceae87dc1a6e237bbbfb18afd',X'00445A3E77698B3E328D9A3E340EAD3E7DA228BE0C472D3DA1A69CBED5C7AFBD01FABFBE8C6887BD439F383E753FB9BE77698B3EB7E4313EBD52A2BD2FE2B5BE');
INSERT INTO "embedding" VALUES(1,'8ee6ec790a96e2e49df94b53dc2a19f192b49f17c476ee629643049fcd017f66',X'0653C33EB0EB273E9F557EBEF5C1E93D92717B3ED00CCEBEA19AC03C06E29B3E7D51FC3DBDCF2ABEA31B36BD243E973E225BBB3D2B92E7BECCEE4FBE362267BE');
INSERT INTO "embedding" VALUES(1,'fb719ab396473043de98933f89b25cd64c9ee82644bc7ce1b9963a91d9e2ce99',X'3B51E33EC069CABE40078C3EA33E08BE75F4603D8B3F66BE14F5D23D1751ADBE816D073DDCAB233EDB634BBECDDD4FBE7BAC15BE02D2D1BD47CA893E782CCF3E');
INSERT INTO "embedding" VALUES(2,'1d5275a2192b941b48678ad923d0771c3861d94612b0d6cd62014f49a1edee68',X'687206BF228AF2BE9436053F7A03F53E');
INSERT INTO "embedding" VALUES(2,'307b456aecedcce9fe6cdaf7e56872ec941672a4d76ebc184971fe981290e444',X'C6B9133F6EC9EBBE831808BF9887D43E');
INSERT INTO "embedding" VALUES(2,'3752ad34a0f2f522e0b1ae93704b5b82c57898b6077547291f5a3209098918ab',X'6A542F3EB6DF623E0825E83E269F58BF');
INSERT INTO "embedding" VALUES(2,'41b484888b8ea7dab6b43d286d9a566268fab5c485a313431957e75ab4735150',X'6A542F3EB6DF623E0825E83E269F58BF');
INSERT INTO "embedding" VALUES(2,'895ab19f3db4fa9a97c6efcd818fcafb127b3d00d7544c130c7e21678cea5f7c',X'A037ACBEFA0BA6BDC8A5563F4390D7BE');
INSERT INTO "embedding" VALUES(2,'8ee6ec790a96e2e49df94b53dc2a19f192b49f17c476ee629643049fcd017f66',X'EC2600BF661D673D49A1B1BE5B864A3F');
INSERT INTO "embedding" VALUES(2,'a562b8993a47f684ebd193242bc9204cbf766281accf26d568d7f9979a5f7d20',X'687206BF228AF2BE9436053F7A03F53E');
INSERT INTO "embedding" VALUES(2,'a8fb1992f07742b2f2a49454474a9530c400126471ce219f68d99503500876b7',X'C3D6DABE178AC1BE8C32523F382880BC');
INSERT INTO "embedding" VALUES(2,'e7033d3df232081f057fb93759cd60a2cb8623f81b27a6ab82d5450e56738f98',X'C6B9133F6EC9EBBE831808BF9887D43E');
INSERT INTO "embedding" VALUES(2,'fb719ab396473043de98933f89b25cd64c9ee82644bc7ce1b9963a91d9e2ce99',X'1151103FFA21D53E8689BDBEE41C1CBF');
CREATE TABLE generation (
	id INTEGER NOT NULL, 
	preprocessor_name TEXT NOT NULL, 
	preprocessor_revision TEXT NOT NULL, 
	encoder_name TEXT NOT NULL, 
	encoder_revision TEXT NOT NULL, 
	metric TEXT NOT NULL, 
	dim INTEGER NOT NULL, 
	collection TEXT NOT NULL, 
	state TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	CONSTRAINT pk_generation PRIMARY KEY (id), 
	CONSTRAINT uq_generation_collection UNIQUE (collection), 
	CONSTRAINT uq_generation_models UNIQUE (preprocessor_name, preprocessor_revision, encoder_name, encoder_revision, metric, dim), 
	CONSTRAINT ck_generation_ck_generation_state CHECK (state IN ('building', 'live', 'retired'))
);
INSERT INTO "generation" VALUES(1,'all-of-it','1','sixteenths','1','cosine',16,'coins_3fbe84618ede9350','live','2026-11-23 04:48:49.941384');
INSERT INTO "generation" VALUES(2,'all-of-it','1','rows','1','cosine',4,'coins_fea675a6cbbe24d1','building','2026-11-23 04:52:14.227374');
CREATE TABLE generation_check (
	generation_id INTEGER NOT NULL, 
	live_id INTEGER NOT NULL, 
	checked_at DATETIME NOT NULL, 
	golden_set TEXT NOT NULL, 
	queries INTEGER NOT NULL, 
	candidate JSON NOT NULL, 
	live JSON NOT NULL, 
	CONSTRAINT pk_generation_check PRIMARY KEY (generation_id), 
	CONSTRAINT fk_generation_check_generation_id FOREIGN KEY(generation_id) REFERENCES generation (id) ON DELETE CASCADE, 
	CONSTRAINT fk_generation_check_live_id FOREIGN KEY(live_id) REFERENCES generation (id) ON DELETE CASCADE
);
INSERT INTO "generation_check" VALUES(2,1,'2026-11-23 04:52:54.640342','leave-one-out',8,'{"1": 1.0, "2": 1.0, "5": 1.0, "10": 1.0, "20": 1.0}','{"1": 1.0, "2": 1.0, "5": 1.0, "10": 1.0, "20": 1.0}');
CREATE TABLE generation_gap (
	generation_id INTEGER NOT NULL, 
	image_id TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	CONSTRAINT pk_generation_gap PRIMARY KEY (generation_id, image_id), 
	CONSTRAINT ck_generation_gap_ck_generation_gap_reason CHECK (reason IN ('no_coin', 'unreadable', 'missing')), 
	CONSTRAINT fk_generation_gap_generation_id FOREIGN KEY(generation_id) REFERENCES generation (id) ON DELETE CASCADE, 
	CONSTRAINT fk_generation_gap_image_id FOREIGN KEY(image_id) REFERENCES coin_image (id) ON DELETE CASCADE
);
INSERT INTO "generation_gap" VALUES(2,'336e282ea55c546938335ceb6c41607fc052376ceae87dc1a6e237bbbfb18afd','missing');
CREATE TABLE import_job (
	id TEXT NOT NULL, 
	state TEXT NOT NULL, 
	done INTEGER NOT NULL, 
	total INTEGER, 
	outcome JSON, 
	created_at DATETIME NOT NULL, 
	updated_at DATETIME NOT NULL, 
	CONSTRAINT pk_import_job PRIMARY KEY (id), 
	CONSTRAINT ck_import_job_ck_import_job_state CHECK (state IN ('waiting', 'running', 'done', 'failed'))
);
CREATE TABLE issuer (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	CONSTRAINT pk_issuer PRIMARY KEY (id), 
	CONSTRAINT uq_issuer_name UNIQUE (name)
);
INSERT INTO "issuer" VALUES(1,'Borduria');
INSERT INTO "issuer" VALUES(2,'Ruritania');
INSERT INTO "issuer" VALUES(3,'Syldavië 100%');
CREATE TABLE outbox (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	generation_id INTEGER NOT NULL, 
	image_id TEXT NOT NULL, 
	CONSTRAINT uq_outbox_generation_id_image_id UNIQUE (generation_id, image_id), 
	CONSTRAINT fk_outbox_generation_id FOREIGN KEY(generation_id) REFERENCES generation (id) ON DELETE CASCADE
);
INSERT INTO "outbox" VALUES(24,1,'3752ad34a0f2f522e0b1ae93704b5b82c57898b6077547291f5a3209098918ab');
INSERT INTO "outbox" VALUES(25,2,'3752ad34a0f2f522e0b1ae93704b5b82c57898b6077547291f5a3209098918ab');
INSERT INTO "outbox" VALUES(26,1,'41b484888b8ea7dab6b43d286d9a566268fab5c485a313431957e75ab4735150');
INSERT INTO "outbox" VALUES(27,2,'41b484888b8ea7dab6b43d286d9a566268fab5c485a313431957e75ab4735150');
INSERT INTO "outbox" VALUES(28,1,'895ab19f3db4fa9a97c6efcd818fcafb127b3d00d7544c130c7e21678cea5f7c');
INSERT INTO "outbox" VALUES(29,2,'895ab19f3db4fa9a97c6efcd818fcafb127b3d00d7544c130c7e21678cea5f7c');
INSERT INTO "outbox" VALUES(30,1,'172ee38dc2baf11b42fdbfde202efb32be236d52b05d6cd80b4e46229226f83f');
INSERT INTO "outbox" VALUES(31,2,'172ee38dc2baf11b42fdbfde202efb32be236d52b05d6cd80b4e46229226f83f');
CREATE TABLE promotion (
	id INTEGER NOT NULL, 
	generation_id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_promotion PRIMARY KEY (id), 
	CONSTRAINT fk_promotion_generation_id FOREIGN KEY(generation_id) REFERENCES generation (id) ON DELETE CASCADE
);
INSERT INTO "promotion" VALUES(1,1,'2026-11-23 04:48:50.642482');
CREATE INDEX ix_coin_type_issuer_id ON coin_type (issuer_id);
CREATE INDEX ix_coin_type_denomination_id ON coin_type (denomination_id);
CREATE INDEX ix_coin_type_currency_id ON coin_type (currency_id);
CREATE INDEX ix_coin_type_value ON coin_type (value);
CREATE INDEX ix_coin_type_title ON coin_type (title);
CREATE INDEX ix_coin_type_composition ON coin_type (composition);
CREATE INDEX ix_coin_type_shape ON coin_type (shape);
CREATE INDEX ix_coin_type_numista_id ON coin_type (numista_id);
CREATE INDEX ix_catalogue_reference_catalogue_number ON catalogue_reference (catalogue, number);
CREATE INDEX ix_design_year_from ON design (year_from);
CREATE INDEX ix_design_year_to ON design (year_to);
CREATE INDEX ix_coin_image_design_id ON coin_image (design_id);
CREATE UNIQUE INDEX uq_generation_live ON generation (state) WHERE state = 'live';
CREATE INDEX ix_embedding_image_id ON embedding (image_id);
CREATE INDEX ix_promotion_generation_id ON promotion (generation_id);
CREATE INDEX ix_generation_check_live_id ON generation_check (live_id);
CREATE INDEX ix_generation_gap_image_id ON generation_gap (image_id);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('outbox',31);
COMMIT;
